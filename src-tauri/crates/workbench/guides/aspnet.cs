using System.Text.Json;

var app = WebApplication.CreateBuilder(args).Build();

app.MapPost("/webhooks", async (HttpRequest request) =>
{
    // The bytes as they came. No [FromBody] parameter: it would read the stream first.
    using var buffer = new MemoryStream();
    await request.Body.CopyToAsync(buffer);
    byte[] rawBody = buffer.ToArray();
    if (!Verify(rawBody, request.Headers))
    {
        return Results.BadRequest("bad signature");
    }
    Handle(JsonDocument.Parse(rawBody));
    return Results.Ok();
});

app.Run();
