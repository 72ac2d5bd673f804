//! When hosts are told that the doctor found something: one cause at once, many together.

use std::time::Duration;

use tokio::time::Instant;

/// Each telling costs the window a page query, and people read a list no faster than this.
const NEWS_INTERVAL: Duration = Duration::from_millis(250);

/// What was found and not told yet. Nothing that was found stays untold, whatever comes of the next search.
#[derive(Debug, Default)]
pub(crate) struct News {
    told_at: Option<Instant>,
    is_untold: bool,
}

impl News {
    /// Notes that something was found.
    pub(crate) fn add(&mut self) {
        self.is_untold = true;
    }

    /// Waits for the moment to tell: at once when nothing was told lately, never when there is nothing to tell.
    pub(crate) async fn due(&self) {
        if !self.is_untold {
            return std::future::pending().await;
        }
        if let Some(told_at) = self.told_at
            && told_at.elapsed() < NEWS_INTERVAL
        {
            tokio::time::sleep_until(told_at + NEWS_INTERVAL).await;
        }
    }

    /// Notes that it was told.
    pub(crate) fn told(&mut self) {
        self.told_at = Some(Instant::now());
        self.is_untold = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How long it takes until the news is due.
    async fn waited(news: &News) -> Duration {
        let begun = Instant::now();
        news.due().await;
        begun.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn one_is_told_at_once_and_those_that_follow_are_told_together() {
        let mut news = News::default();
        news.add();
        assert_eq!(waited(&news).await, Duration::ZERO);
        news.told();
        for _ in 0..100 {
            news.add();
        }
        assert_eq!(waited(&news).await, NEWS_INTERVAL);
        news.told();
        tokio::time::advance(2 * NEWS_INTERVAL).await;
        news.add();
        assert_eq!(waited(&news).await, Duration::ZERO, "a quiet time is waited out already");
    }

    #[tokio::test(start_paused = true)]
    async fn without_news_nothing_is_due_and_news_stays_due_until_it_is_told() {
        let mut news = News::default();
        let an_hour = Duration::from_secs(3600);
        assert!(tokio::time::timeout(an_hour, news.due()).await.is_err());
        news.add();
        news.told();
        assert!(tokio::time::timeout(an_hour, news.due()).await.is_err());
        news.add();
        news.due().await;
        assert!(tokio::time::timeout(an_hour, news.due()).await.is_ok(), "waiting tells nothing");
    }
}
