const express = require('express');
const app = express();

// Before any app.use(express.json()): the first parser that takes the body is the only one.
// '*/*' would pass over a request without a content type.
app.post('/webhooks', express.raw({ type: () => true, limit: '25mb' }), (req, res) => {
  // req.body is a Buffer with the bytes as they came.
  if (!verify(req.body, req.headers)) {
    return res.status(400).send('bad signature');
  }
  const event = JSON.parse(req.body);
  handle(event);
  res.sendStatus(200);
});

app.use(express.json());
app.listen(3000);
