# Writes each document in every way. One document a line in, one line of hex texts out.
require "json"

$stdin.set_encoding("UTF-8")
while (line = $stdin.gets)
  document = JSON.parse(line)
  texts = [
    JSON.generate(document),
    JSON.pretty_generate(document),
    JSON.generate(document, ascii_only: true),
    JSON.generate(document, script_safe: true, escape_slash: true),
  ]
  puts texts.map { |text| text.unpack1("H*") }.join(" ")
end
