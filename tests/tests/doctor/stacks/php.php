<?php
// Re-writes bodies as PHP receivers and senders do. One JSON line in, one line of base64 out.

$json = fn (int $options, bool $arrays = false) => fn (string $body) =>
    json_encode(json_decode($body, $arrays, 512, JSON_THROW_ON_ERROR), $options | JSON_THROW_ON_ERROR);
$ways = [
    'default' => $json(0),
    'unescaped' => $json(JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE),
    'pretty' => $json(JSON_PRETTY_PRINT),
    'arrays' => $json(0, true),
    'form' => function (string $body) {
        parse_str($body, $fields);
        return http_build_query($fields);
    },
];

while (($line = fgets(STDIN)) !== false) {
    $asked = json_decode($line, true);
    try {
        $answer = base64_encode($ways[$asked['way']](base64_decode($asked['body'])));
    } catch (JsonException) {
        $answer = '!';
    }
    fwrite(STDOUT, "$answer\n");
}
