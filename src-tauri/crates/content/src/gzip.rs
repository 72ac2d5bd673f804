//! `gzip`: any number of members one after another (RFC 1952 §2.2).

use flate2::{Crc, Decompress};

use crate::{
    Coding,
    deflate::inflated,
    link::{Next, Undo},
    outcome::Flaw,
    source::{Halt, Source},
};

const MAGIC: [u8; 2] = [0x1f, 0x8b];
const METHOD_DEFLATE: u8 = 8;
const HAS_HEADER_CRC: u8 = 1 << 1;
const HAS_EXTRA: u8 = 1 << 2;
const HAS_NAME: u8 = 1 << 3;
const HAS_COMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0b1110_0000;

/// Undoes `gzip`.
pub(crate) struct Gzip {
    inflate: Decompress,
    crc: Crc,
    part: Part,
    members: u64,
}

/// Where in a member it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Header,
    Data,
    Trailer,
}

impl Default for Gzip {
    fn default() -> Self {
        Self { inflate: Decompress::new(false), crc: Crc::new(), part: Part::Header, members: 0 }
    }
}

impl Undo for Gzip {
    fn step(&mut self, source: &mut Source<'_>, into: &mut [u8]) -> (usize, Next) {
        match self.part {
            Part::Header => (0, self.header(source).unwrap_or_else(Next::Halt)),
            Part::Data => {
                let (given, next) = inflated(&mut self.inflate, source, into);
                self.crc.update(&into[..given]);
                match next {
                    Next::End => {
                        self.part = Part::Trailer;
                        (given, Next::More)
                    }
                    next => (given, next),
                }
            }
            Part::Trailer => (0, self.trailer(source).unwrap_or_else(Next::Halt)),
        }
    }

    fn coding(&self) -> Coding {
        Coding::Gzip
    }
}

impl Gzip {
    fn header(&mut self, source: &mut Source<'_>) -> Result<Next, Halt> {
        let begin = source.used();
        if !source.peek(MAGIC.len())?.starts_with(&MAGIC) {
            let nothing = source.fill()?.is_empty();
            return Ok(match (self.members, nothing) {
                (0, true) => Next::Broken { at: begin, flaw: Flaw::EndsEarly },
                (0, false) => Next::Broken { at: begin, flaw: Flaw::NotThis },
                // What follows, if anything does, is no member.
                _ => Next::End,
            });
        }
        source.consume(MAGIC.len());
        let early = |source: &Source<'_>| Next::Broken { at: source.used(), flaw: Flaw::EndsEarly };
        let (Some(method), Some(flags)) = (source.byte()?, source.byte()?) else { return Ok(early(source)) };
        if method != METHOD_DEFLATE || flags & RESERVED != 0 {
            return Ok(Next::Broken { at: begin + 2, flaw: Flaw::Damaged });
        }
        // Time, hints and system.
        if !source.skip(6)? || !fields(flags, source)? {
            return Ok(early(source));
        }
        self.inflate.reset(false);
        self.crc.reset();
        self.part = Part::Data;
        Ok(Next::More)
    }

    fn trailer(&mut self, source: &mut Source<'_>) -> Result<Next, Halt> {
        let at = source.used();
        let &[c0, c1, c2, c3, l0, l1, l2, l3, ..] = source.peek(8)? else {
            let short = source.fill()?.len();
            source.consume(short);
            return Ok(Next::Broken { at: source.used(), flaw: Flaw::EndsEarly });
        };
        source.consume(8);
        let said = (u32::from_le_bytes([c0, c1, c2, c3]), u32::from_le_bytes([l0, l1, l2, l3]));
        if said != (self.crc.sum(), self.crc.amount()) {
            return Ok(Next::Broken { at, flaw: Flaw::Checksum });
        }
        self.members += 1;
        self.part = Part::Header;
        Ok(Next::More)
    }
}

/// Skips what a header may hold besides; false when it ends within.
fn fields(flags: u8, source: &mut Source<'_>) -> Result<bool, Halt> {
    if flags & HAS_EXTRA != 0 {
        let (Some(low), Some(high)) = (source.byte()?, source.byte()?) else { return Ok(false) };
        if !source.skip(u16::from_le_bytes([low, high]).into())? {
            return Ok(false);
        }
    }
    for text in [HAS_NAME, HAS_COMMENT] {
        if flags & text != 0 {
            loop {
                match source.byte()? {
                    None => return Ok(false),
                    Some(0) => break,
                    Some(_) => {}
                }
            }
        }
    }
    if flags & HAS_HEADER_CRC != 0 { source.skip(2) } else { Ok(true) }
}
