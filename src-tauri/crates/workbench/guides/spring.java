@RestController
class WebhookController {
    private final ObjectMapper mapper = new ObjectMapper();

    @PostMapping("/webhooks")
    ResponseEntity<String> receive(
            @RequestBody byte[] rawBody, // byte[], no class of your own: that would be parsed by Jackson
            @RequestHeader HttpHeaders headers) throws IOException {
        if (!verify(rawBody, headers)) {
            return ResponseEntity.badRequest().body("bad signature");
        }
        handle(mapper.readTree(rawBody));
        return ResponseEntity.ok().build();
    }
}
