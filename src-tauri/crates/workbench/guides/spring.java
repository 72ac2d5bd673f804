@RestController
class WebhookController {
    private final ObjectMapper mapper = new ObjectMapper();

    @PostMapping("/webhooks")
    ResponseEntity<String> receive(HttpServletRequest request, @RequestHeader HttpHeaders headers) throws IOException {
        // The bytes as they came. Even @RequestBody byte[] is not: Spring writes the body of a form anew.
        byte[] rawBody = request.getInputStream().readAllBytes();
        if (!verify(rawBody, headers)) {
            return ResponseEntity.badRequest().body("bad signature");
        }
        handle(mapper.readTree(rawBody));
        return ResponseEntity.ok().build();
    }
}
