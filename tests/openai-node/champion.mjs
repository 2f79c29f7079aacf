// The official client library asks a champion: a base address, and a project's name where a model's name goes.
// node champion.mjs BASE_ADDRESS PROJECT  -> one JSON document on standard output.
import OpenAI from 'openai';

const [baseURL, project] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: 'none', maxRetries: 0 });

const chat = await client.chat.completions.create({
  model: project,
  messages: [
    { role: 'system', content: 'What a fine-tune was told before; of no meaning here.' },
    { role: 'user', content: 'the app is excellent, perfect' },
  ],
  logprobs: true,
  top_logprobs: 3,
});

const pieces = [];
const stream = await client.chat.completions.create({
  model: project,
  messages: [{ role: 'user', content: [{ type: 'text', text: 'the app is terrible, awful' }] }],
  stream: true,
});
for await (const piece of stream) {
  pieces.push(piece.choices[0].delta.content ?? '');
}

const completion = await client.completions.create({
  model: `${project}@1`,
  prompt: ['the app is terrible, awful\n\n###\n\n', 'the app is good, nice'],
  logprobs: 5,
});

const models = [];
for await (const model of client.models.list()) {
  models.push(model.id);
}

async function refused(model) {
  try {
    await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'a text' }] });
    return null;
  } catch (error) {
    return { name: error.constructor.name, status: error.status, code: error.code, message: error.message };
  }
}

console.log(JSON.stringify({
  chat,
  streamed: pieces.join(''),
  completion,
  models,
  unknownProject: await refused(`${project}-not`),
  unknownVersion: await refused(`${project}@99`),
}));
