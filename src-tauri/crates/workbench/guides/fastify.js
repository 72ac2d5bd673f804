const fastify = require('fastify')({ bodyLimit: 25 * 1024 * 1024 });

fastify.register(async (webhooks) => {
  // Inside a plugin, so that other routes keep their parsed bodies.
  webhooks.removeAllContentTypeParsers();
  webhooks.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => done(null, body));

  webhooks.post('/webhooks', async (request, reply) => {
    // request.body is a Buffer with the bytes as they came.
    if (!verify(request.body, request.headers)) {
      return reply.code(400).send('bad signature');
    }
    handle(JSON.parse(request.body));
    return reply.code(200).send();
  });
});

fastify.listen({ port: 3000 });
