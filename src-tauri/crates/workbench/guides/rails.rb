class WebhooksController < ActionController::API
  def create
    # The bytes as they came. Not params and not params.to_json: those are parsed already.
    raw_body = request.raw_post
    unless verify(raw_body, request.headers)
      return head :bad_request
    end

    handle(JSON.parse(raw_body))
    head :ok
  end
end

# config/routes.rb
# post "/webhooks", to: "webhooks#create"
