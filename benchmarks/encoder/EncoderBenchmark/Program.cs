using System.Diagnostics;
using System.Text.Json;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Encoders.Checkpoints;
using FineTuneFlow.Encoders.Serving;
using FineTuneFlow.Encoders.Tokenization;

// serve MODEL_FOLDER TEXTS.jsonl [THREADS]   latency of single texts and rows a second of all of them, both exported forms
// pieces MODEL_FOLDER TEXTS.jsonl LONGEST    word pieces of each text, a number a line, for pytorch_plain.py
// logits MODEL_FOLDER TEXTS.jsonl            the exported model's logits with the pieces that they are of, for load_in_pytorch.py
// distilbert FOLDER                          a random encoder of DistilBERT's size, for gpu.sh
// reviews FOLDER ROWS                        made-up rows of about 65 pieces in the files of docs/baseline-contract.md, for gpu.sh
switch (args)
{
    case ["serve", var folder, var texts, .. var threads]:
        Serve(folder, Texts(texts), threads is [var count] ? int.Parse(count, null) : 0);
        return 0;
    case ["pieces", var folder, var texts, var longest]:
        WordPieceTokenizer tokenizer = TokenizerFiles.Read(folder);
        foreach (string text in Texts(texts))
        {
            Console.WriteLine(tokenizer.Encode(text, int.Parse(longest, null)).Length);
        }

        return 0;
    case ["logits", var folder, var texts]:
        WriteLogits(folder, Texts(texts));
        return 0;
    case ["distilbert", var folder]:
        MakeDistilBert(folder);
        return 0;
    case ["reviews", var folder, var rows]:
        MakeReviews(folder, int.Parse(rows, null));
        return 0;
    default:
        Console.Error.WriteLine("usage: serve | pieces | logits | distilbert | reviews (see Program.cs)");
        return 2;
}

static void Serve(string folder, string[] texts, int threads)
{
    EncoderFacts facts = EncoderFacts.Read(folder);
    WordPieceTokenizer tokenizer = TokenizerFiles.Read(folder);
    int[][] pieces = [];
    double cutting = Milliseconds(() => pieces = [.. texts.Select(text => tokenizer.Encode(text, facts.MaxLength))]);
    Console.WriteLine(FormattableString.Invariant($"cutting into pieces on one core: {texts.Length / cutting * 1000:0} rows a second"));
    foreach (string model in new[] { EncoderFacts.ExactModel, EncoderFacts.QuantisedModel })
    {
        using var session = new EncoderSession(Path.Combine(folder, model), threads);
        double[] each = [.. pieces.Take(300).Select(one => Milliseconds(() => session.Logits([one], tokenizer.PaddingId))).Skip(20).Order()];
        Console.WriteLine(FormattableString.Invariant(
            $"{model}: {new FileInfo(Path.Combine(folder, model)).Length / 1e6:0.0} MB, one text p50 {each[each.Length / 2]:0.00} ms, p95 {each[each.Length * 95 / 100]:0.00} ms ({pieces.Average(one => one.Length):0} pieces a row)"));
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        double seconds = Milliseconds(() => session.AllLogits(pieces, tokenizer.PaddingId)) / 1000;
        // Where other work takes the cores, the processor time tells what is left out of account by the clock.
        double busy = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
        Console.WriteLine(FormattableString.Invariant(
            $"  all of them: {texts.Length / seconds:0} rows a second, {texts.Length / busy:0} rows in a second of one core, {busy / seconds:0.0} cores busy"));
    }
}

static void WriteLogits(string folder, string[] texts)
{
    EncoderFacts facts = EncoderFacts.Read(folder);
    WordPieceTokenizer tokenizer = TokenizerFiles.Read(folder);
    using var session = new EncoderSession(Path.Combine(folder, EncoderFacts.ExactModel));
    foreach (string text in texts)
    {
        int[] ids = tokenizer.Encode(text, facts.MaxLength);
        Console.WriteLine(JsonSerializer.Serialize(new { ids, logits = session.Logits([ids], tokenizer.PaddingId)[0] }));
    }
}

static double Milliseconds(Action action)
{
    long started = Stopwatch.GetTimestamp();
    action();
    return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
}

static string[] Texts(string file) => [.. File.ReadLines(file).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!)];

static void MakeDistilBert(string folder)
{
    var config = new EncoderConfig
    {
        Architecture = EncoderArchitecture.DistilBert, VocabularySize = 28996, Hidden = 768, Layers = 6, Heads = 12, Intermediate = 3072, Positions = 512, SegmentTypes = 0, HeadDropout = 0.2,
    };
    var random = new StableRandom(1);
    var weights = EncoderShapes.Body(config).Select(shape =>
    {
        WeightTensor tensor = WeightTensor.Zeros(shape.Shape);
        for (int i = 0; i < tensor.Values.Length; i++)
        {
            tensor.Values[i] = shape.Name.EndsWith("LayerNorm.weight", StringComparison.Ordinal) ? 1 : (float)((random.NextDouble() - 0.5) * 0.07);
        }

        return KeyValuePair.Create(shape.Name, tensor);
    });
    string[] special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
    Vocabulary vocabulary = TokenizerFiles.ReadVocabulary([.. special, .. Enumerable.Range(0, config.VocabularySize - special.Length).Select(i => $"w{i}")]);
    EncoderCheckpoint.Of(config, weights, new WordPieceTokenizer(vocabulary, new TokenizerOptions())).Save(folder);
}

static void MakeReviews(string folder, int rows)
{
    Directory.CreateDirectory(folder);
    var random = new StableRandom(2);
    string Row(int i, bool labelled)
    {
        // Log-normal lengths with a mean of 65, as of real reviews.
        double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        int words = Math.Clamp((int)Math.Exp(3.8 + (0.85 * normal)), 3, 510);
        string text = string.Join(' ', Enumerable.Range(0, words).Select(_ => $"w{random.Below(28000)}"));
        string label = labelled ? $", \"label\": \"{1 + (i % 5)}\"" : "";
        return $$"""{"id": "{{i}}", "text": "{{text}}"{{label}}}""";
    }

    File.WriteAllLines(Path.Combine(folder, "train.jsonl"), Enumerable.Range(0, rows).Select(i => Row(i, true)));
    int others = Math.Min(rows, 500);
    File.WriteAllLines(Path.Combine(folder, "validation.jsonl"), Enumerable.Range(0, others).Select(i => Row(i, true)));
    File.WriteAllLines(Path.Combine(folder, "texts.jsonl"), Enumerable.Range(0, others).Select(i => Row(i, false)));
    File.WriteAllText(Path.Combine(folder, "labels.json"), """["1","2","3","4","5"]""");
}
