<?php
// Writes each document in every way. One document a line in, one line of hex texts out.

$ways = [
    0,
    JSON_UNESCAPED_SLASHES,
    JSON_UNESCAPED_UNICODE,
    JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE,
    JSON_PRETTY_PRINT,
    JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES,
    JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE,
    JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE,
    JSON_HEX_TAG | JSON_HEX_AMP | JSON_HEX_APOS | JSON_HEX_QUOT,
];
while (($line = fgets(STDIN)) !== false) {
    $document = json_decode($line);
    echo implode(' ', array_map(fn ($way) => bin2hex(json_encode($document, $way)), $ways)), "\n";
}
