# Re-writes bodies as Ruby receivers and senders do. One JSON line in, one line of base64 out.
require "base64"
require "json"
require "uri"

WAYS = {
  "compact" => ->(body) { JSON.parse(body).to_json },
  "pretty" => ->(body) { JSON.pretty_generate(JSON.parse(body)) },
  "form" => ->(body) { URI.encode_www_form(URI.decode_www_form(body)) },
}.freeze

$stdout.sync = true
while (line = $stdin.gets)
  asked = JSON.parse(line)
  begin
    body = Base64.decode64(asked["body"]).force_encoding("UTF-8")
    puts Base64.strict_encode64(WAYS[asked["way"]].call(body))
  rescue JSON::ParserError, ArgumentError
    puts "!"
  end
end
