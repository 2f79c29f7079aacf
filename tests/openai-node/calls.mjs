// A fixed list of calls of the official OpenAI SDK against the simulator. Prints one line a call; exits with 1 where one differs
// from what the SDK's types and the API's reference say.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import OpenAI, { toFile } from 'openai';

const client = new OpenAI({ apiKey: 'sk-simulator', baseURL: process.env.SIMULATOR + '/v1', maxRetries: 0 });
let failed = 0;

async function call(name, work) {
  try {
    await work();
    console.log(`ok ${name}`);
  } catch (error) {
    failed++;
    console.log(`not ok ${name}: ${error?.stack ?? error}`);
  }
}

/** The error that a call must end in, with its status and, where given, its code and param. */
async function refused(promise, status, { code, param } = {}) {
  const error = await promise.then(() => assert.fail('it was accepted'), (e) => e);
  assert.ok(error instanceof OpenAI.APIError, `${error}`);
  assert.equal(error.status, status, error.message);
  assert.match(error.requestID ?? '', /^req_/, 'x-request-id');
  assert.ok(error.message.length > 4);
  if (code !== undefined) assert.equal(error.code, code, error.message);
  if (param !== undefined) assert.equal(error.param, param, error.message);
}

const until = async (look, done) => {
  for (let i = 0; i < 600; i++) {
    const value = await look();
    if (done(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail('it took too long');
};

const words = [['terrible', '1'], ['awful', '1'], ['fine', '3'], ['perfect', '5'], ['lovely', '5']];
const rows = Array.from({ length: 60 }, (_, i) => words[i % words.length]);
const chatLines = rows.map(([word, star], i) => JSON.stringify({
  messages: [{ role: 'user', content: `app ${i} is ${word}` }, { role: 'assistant', content: star }],
})).join('\n');
const promptLines = rows.map(([word, star], i) => JSON.stringify({ prompt: `app ${i} is ${word}\n\n###\n\n`, completion: ` ${star}` })).join('\n');
const jsonl = (text, name = 'train.jsonl') => toFile(Buffer.from(text), name, { type: 'application/jsonl' });

let file, legacyFile, chatModel, legacyModel;

await call('files.create', async () => {
  file = await client.files.create({ file: await jsonl(chatLines), purpose: 'fine-tune' });
  assert.match(file.id, /^file-/);
  assert.equal(file.object, 'file');
  assert.equal(file.bytes, Buffer.byteLength(chatLines));
  assert.equal(file.purpose, 'fine-tune');
  assert.match(file._request_id, /^req_/);
});
await call('files.create with a lifetime', async () => {
  const kept = await client.files.create({
    file: await jsonl(chatLines), purpose: 'fine-tune', expires_after: { anchor: 'created_at', seconds: 3600 },
  });
  assert.equal(kept.expires_at, kept.created_at + 3600);
  await refused(client.files.create({
    file: await jsonl(chatLines), purpose: 'fine-tune', expires_after: { anchor: 'created_at', seconds: 5 },
  }), 400);
});
await call('files.create of another purpose', async () => refused(client.files.create({ file: await jsonl(chatLines), purpose: 'poems' }), 400, { param: 'purpose' }));
await call('files.retrieve, list and content', async () => {
  assert.equal((await client.files.retrieve(file.id)).filename, 'train.jsonl');
  const ids = [];
  for await (const one of client.files.list({ purpose: 'fine-tune', limit: 1 })) ids.push(one.id);
  assert.ok(ids.includes(file.id));
  assert.equal(new Set(ids).size, ids.length, 'pages overlap');
  assert.equal(await (await client.files.content(file.id)).text(), chatLines);
  await refused(client.files.retrieve('file-none'), 404);
});
await call('uploads in parts, with the checksum', async () => {
  const bytes = Buffer.from(promptLines);
  const upload = await client.uploads.create({ bytes: bytes.length, filename: 'legacy.jsonl', mime_type: 'text/jsonl', purpose: 'fine-tune' });
  assert.equal(upload.status, 'pending');
  const half = bytes.length >> 1;
  const parts = [];
  for (const piece of [bytes.subarray(0, half), bytes.subarray(half)]) {
    const part = await client.uploads.parts.create(upload.id, { data: await toFile(piece, 'part') });
    assert.equal(part.upload_id, upload.id);
    parts.push(part.id);
  }
  await refused(client.uploads.complete(upload.id, { part_ids: parts, md5: '0'.repeat(32) }), 400, { param: 'md5' });
  const done = await client.uploads.complete(upload.id, { part_ids: parts, md5: createHash('md5').update(bytes).digest('hex') });
  assert.equal(done.status, 'completed');
  legacyFile = done.file;
  assert.equal(legacyFile.bytes, bytes.length);
});
await call('uploads.cancel', async () => {
  const upload = await client.uploads.create({ bytes: 10, filename: 'x.jsonl', mime_type: 'text/jsonl', purpose: 'fine-tune' });
  assert.equal((await client.uploads.cancel(upload.id)).status, 'cancelled');
});

await call('fineTuning.jobs: create, retrieve, events, checkpoints', async () => {
  const job = await client.fineTuning.jobs.create({
    model: 'gpt-4.1-mini', training_file: file.id, validation_file: file.id, suffix: 'node', seed: 7, metadata: { run: 'r1' },
    method: { type: 'supervised', supervised: { hyperparameters: { n_epochs: 2, batch_size: 'auto', learning_rate_multiplier: 'auto' } } },
  });
  assert.match(job.id, /^ftjob-/);
  assert.equal(job.object, 'fine_tuning.job');
  assert.equal(job.seed, 7);
  const done = await until(() => client.fineTuning.jobs.retrieve(job.id), (one) => !['validating_files', 'queued', 'running'].includes(one.status));
  assert.equal(done.status, 'succeeded', JSON.stringify(done.error));
  assert.ok(done.trained_tokens > 0 && done.finished_at >= done.created_at && done.result_files.length === 1);
  assert.equal(done.method.supervised.hyperparameters.n_epochs, 2);
  chatModel = done.fine_tuned_model;
  const events = [];
  for await (const event of client.fineTuning.jobs.listEvents(job.id, { limit: 5 })) events.push(event);
  assert.ok(events.length > 5 && events.every((event) => event.object === 'fine_tuning.job.event'));
  assert.ok(events.some((event) => event.type === 'metrics' && event.data.train_loss > 0));
  const checkpoints = [];
  for await (const one of client.fineTuning.jobs.checkpoints.list(job.id)) checkpoints.push(one);
  assert.equal(checkpoints.length, 2);
  assert.ok(checkpoints.every((one) => one.fine_tuning_job_id === job.id && one.metrics.step === one.step_number));
  assert.match(await (await client.files.content(done.result_files[0])).text(), /^step,/);
});
await call('fineTuning.jobs.list narrowed by metadata', async () => {
  const found = await client.fineTuning.jobs.list({ metadata: { run: 'r1' } });
  assert.equal(found.data.length, 1);
  assert.equal((await client.fineTuning.jobs.list({ metadata: { run: 'none' } })).data.length, 0);
});
await call('fineTuning.jobs: a completion model', async () => {
  const job = await client.fineTuning.jobs.create({ model: 'babbage-002', training_file: legacyFile.id, hyperparameters: { n_epochs: 1 } });
  legacyModel = (await until(() => client.fineTuning.jobs.retrieve(job.id), (one) => one.status === 'succeeded')).fine_tuned_model;
});
await call('fineTuning.jobs: paused at once, resumed, done', async () => {
  const job = await client.fineTuning.jobs.create({ model: 'babbage-002', training_file: legacyFile.id });
  assert.equal((await client.fineTuning.jobs.pause(job.id)).status, 'paused');
  assert.ok(['queued', 'validating_files'].includes((await client.fineTuning.jobs.resume(job.id)).status));
  const done = await until(() => client.fineTuning.jobs.retrieve(job.id), (one) => ['succeeded', 'failed'].includes(one.status));
  assert.equal(done.status, 'succeeded', JSON.stringify(done.error));
});
await call('fineTuning.jobs.cancel', async () => {
  const job = await client.fineTuning.jobs.create({ model: 'babbage-002', training_file: legacyFile.id });
  assert.equal((await client.fineTuning.jobs.cancel(job.id)).status, 'cancelled');
  await refused(client.fineTuning.jobs.cancel(job.id), 400);
});
await call('fineTuning.jobs: what is not served is refused', async () => {
  const base = { model: 'gpt-4.1-mini', training_file: file.id };
  await refused(client.fineTuning.jobs.create({ ...base, integrations: [{ type: 'wandb', wandb: { project: 'p' } }] }), 400, { param: 'integrations' });
  await refused(client.fineTuning.jobs.create({ ...base, colour: 'red' }), 400, { code: 'unknown_parameter', param: 'colour' });
  await refused(client.fineTuning.jobs.create({ ...base, hyperparameters: { n_epoch: 2 } }), 400, { code: 'unknown_parameter' });
  await refused(client.fineTuning.jobs.create({ ...base, model: 'gpt-6-luna' }), 400, { param: 'model' });
  await refused(client.fineTuning.jobs.create({ ...base, training_file: 'file-none' }), 400, { param: 'training_file' });
  await refused(client.fineTuning.jobs.retrieve('ftjob-none'), 404);
});

const ask = (more = {}) => ({ model: chatModel, messages: [{ role: 'user', content: 'app 7 is perfect' }], temperature: 0, ...more });

await call('chat.completions.create with log-probabilities', async () => {
  const answer = await client.chat.completions.create(ask({ logprobs: true, top_logprobs: 5, max_completion_tokens: 3 }));
  const [choice] = answer.choices;
  assert.equal(answer.object, 'chat.completion');
  assert.equal(choice.message.content, '5');
  assert.equal(choice.message.role, 'assistant');
  assert.equal(choice.finish_reason, 'stop');
  assert.equal(choice.logprobs.content[0].top_logprobs.length, 5);
  assert.ok(choice.logprobs.content[0].logprob <= 0);
  assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
  assert.equal(answer.usage.completion_tokens_details.reasoning_tokens, 0);
});
await call('chat.completions.create streamed', async () => {
  const stream = await client.chat.completions.create(ask({ stream: true, stream_options: { include_usage: true }, logprobs: true }));
  let text = '', finish, usage;
  for await (const piece of stream) {
    assert.equal(piece.object, 'chat.completion.chunk');
    text += piece.choices[0]?.delta.content ?? '';
    finish ??= piece.choices[0]?.finish_reason;
    usage ??= piece.usage;
  }
  assert.equal(text, '5');
  assert.equal(finish, 'stop');
  assert.ok(usage.total_tokens > 0);
});
await call('chat.completions.stream of the SDK', async () => {
  const runner = client.chat.completions.stream(ask());
  assert.equal((await runner.finalChatCompletion()).choices[0].message.content, '5');
});
await call('chat.completions: parts of text, stop, n, top_p, seed', async () => {
  const answer = await client.chat.completions.create(ask({
    messages: [{ role: 'developer', content: 'Stars.' }, { role: 'user', content: [{ type: 'text', text: 'app 7 is perfect' }] }],
    n: 2, stop: ['\n'], top_p: 0.5, seed: 3, temperature: 1, response_format: { type: 'text' }, logit_bias: {}, presence_penalty: 0,
  }));
  assert.equal(answer.choices.length, 2);
});
await call('chat.completions: what is not served is refused', async () => {
  const never = (more, expected) => refused(client.chat.completions.create(ask(more)), 400, expected);
  await never({ response_format: { type: 'json_object' } }, { param: 'response_format' });
  await never({ tools: [{ type: 'function', function: { name: 'f', parameters: {} } }] }, { param: 'tools' });
  await never({ logit_bias: { 50256: -100 } }, { param: 'logit_bias' });
  await never({ colour: 'red' }, { code: 'unknown_parameter', param: 'colour' });
  await never({ echo: true }, { param: 'echo' });
  await never({ messages: [{ role: 'robot', content: 'x' }] }, { code: 'invalid_value', param: 'messages[0].role' });
  await never({ messages: [{ role: 'tool', content: 'x', tool_call_id: 'c' }] });
  await never({ messages: [] }, { param: 'messages' });
  await never({ temperature: 3 }, { param: 'temperature' });
  await never({ top_logprobs: 3 }, { param: 'top_logprobs' });
  await never({ reasoning_effort: 'low' }, { param: 'reasoning_effort' });
  await refused(client.chat.completions.create(ask({ model: 'gpt-none' })), 404, { code: 'model_not_found' });
});
await call('chat.completions of a model that thinks', async () => {
  const thinking = (more) => client.chat.completions.create({
    model: 'gpt-6-luna', messages: [{ role: 'system', content: 'Answer with one of the labels: good, bad' }, { role: 'user', content: 'awful' }], ...more,
  });
  const answer = await thinking({ reasoning_effort: 'low', max_completion_tokens: 100 });
  assert.ok(answer.usage.completion_tokens_details.reasoning_tokens > 0);
  assert.ok(answer.usage.completion_tokens > answer.usage.completion_tokens_details.reasoning_tokens);
  await refused(thinking({ temperature: 0 }), 400, { code: 'unsupported_value', param: 'temperature' });
  await refused(thinking({ logprobs: true }), 400, { param: 'logprobs' });
  await refused(thinking({ max_tokens: 5 }), 400, { param: 'max_tokens' });
  const cut = await thinking({ max_completion_tokens: 5 });
  assert.equal(cut.choices[0].finish_reason, 'length');
  assert.equal(cut.choices[0].message.content, '');
  const plain = await thinking({ reasoning_effort: 'none', temperature: 0, logprobs: true, max_completion_tokens: 5 });
  assert.equal(plain.usage.completion_tokens_details.reasoning_tokens, 0);
});

await call('completions.create with log-probabilities, and echo', async () => {
  const prompt = 'app 7 is perfect\n\n###\n\n';
  const answer = await client.completions.create({ model: legacyModel, prompt, max_tokens: 1, logprobs: 5, temperature: 0 });
  assert.equal(answer.object, 'text_completion');
  assert.equal(answer.choices[0].text, ' 5');
  assert.equal(Object.keys(answer.choices[0].logprobs.top_logprobs[0]).length, 5);
  const echoed = await client.completions.create({ model: legacyModel, prompt, max_tokens: 1, echo: true, temperature: 0 });
  assert.equal(echoed.choices[0].text, prompt + ' 5');
  await refused(client.completions.create({ model: legacyModel, prompt, suffix: 'end' }), 400, { param: 'suffix' });
  await refused(client.completions.create({ model: legacyModel, prompt, messages: [] }), 400, { code: 'unknown_parameter' });
});
await call('completions.create streamed', async () => {
  let text = '';
  for await (const piece of await client.completions.create({ model: legacyModel, prompt: 'app 7 is perfect\n\n###\n\n', max_tokens: 1, temperature: 0, stream: true })) {
    text += piece.choices[0].text;
  }
  assert.equal(text, ' 5');
});

await call('batches', async () => {
  const lines = [0, 1, 2].map((i) => JSON.stringify({ custom_id: `row-${i}`, method: 'POST', url: '/v1/chat/completions', body: ask() })).join('\n');
  const input = await client.files.create({ file: await jsonl(lines, 'questions.jsonl'), purpose: 'batch' });
  const batch = await client.batches.create({ input_file_id: input.id, endpoint: '/v1/chat/completions', completion_window: '24h', metadata: { run: 'r1' } });
  assert.equal(batch.object, 'batch');
  const done = await until(() => client.batches.retrieve(batch.id), (one) => ['completed', 'failed'].includes(one.status));
  assert.equal(done.status, 'completed');
  assert.deepEqual({ ...done.request_counts }, { total: 3, completed: 3, failed: 0 });
  const output = (await (await client.files.content(done.output_file_id)).text()).trim().split('\n').map(JSON.parse);
  assert.deepEqual(output.map((line) => line.custom_id).sort(), ['row-0', 'row-1', 'row-2']);
  assert.equal(output[0].response.body.choices[0].message.content, '5');
  const ids = [];
  for await (const one of client.batches.list()) ids.push(one.id);
  assert.ok(ids.includes(batch.id));
});

await call('models', async () => {
  const ids = [];
  for await (const one of client.models.list()) {
    assert.equal(one.object, 'model');
    ids.push(one.id);
  }
  assert.ok(ids.includes(chatModel) && ids.includes('gpt-4.1-mini'));
  assert.equal((await client.models.retrieve(chatModel)).id, chatModel);
  assert.equal((await client.models.delete(legacyModel)).deleted, true);
  await refused(client.models.retrieve(legacyModel), 404);
});
await call('errors', async () => {
  const stranger = new OpenAI({ apiKey: 'wrong', baseURL: process.env.SIMULATOR + '/v1', maxRetries: 0 });
  if (process.env.SIMULATOR_KEY) {
    await assert.rejects(stranger.models.list(), (error) => error instanceof OpenAI.AuthenticationError && error.code === 'invalid_api_key');
  }
  await assert.rejects(client.files.retrieve('file-none'), (error) => error instanceof OpenAI.NotFoundError && error.type === 'invalid_request_error');
  await assert.rejects(client.get('/nowhere'), (error) => error instanceof OpenAI.NotFoundError);
});
await call('files.delete', async () => {
  assert.equal((await client.files.delete(file.id)).deleted, true);
  await refused(client.files.retrieve(file.id), 404);
});

console.log(failed === 0 ? 'every call is as the SDK expects' : `${failed} calls differ`);
process.exit(failed === 0 ? 0 : 1);
