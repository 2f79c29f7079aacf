using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Encoders.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace FineTuneFlow.Encoders.Serving;

/// <summary>An exported encoder in ONNX Runtime. Safe for concurrent use.</summary>
public sealed class EncoderSession : IDisposable
{
    /// <summary>Texts in one call of the runtime: more of them do not stay in a core's caches and are answered more slowly.</summary>
    private const int Batch = 8;

    private readonly InferenceSession _session;
    private readonly ParallelOptions _side;

    static EncoderSession() => OnnxTelemetry.TurnOff();

    /// <param name="file">Written by <see cref="OnnxExport"/>.</param>
    /// <param name="threads">Batches that are asked side by side; 0: as many as there are cores.</param>
    /// <exception cref="FlowException">InvalidInput: the file is not such a model.</exception>
    public EncoderSession(string file, int threads = 0)
    {
        _side = new ParallelOptions { MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount };
        // One thread a call: batches side by side use the cores better than one batch that is cut up, whose parts wait for each other in every layer.
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, IntraOpNumThreads = 1,
        };
        try
        {
            _session = new InferenceSession(file, options);
        }
        catch (OnnxRuntimeException error)
        {
            throw new FlowException(FailureKind.InvalidInput, $"{Path.GetFileName(file)} is not a model that ONNX Runtime loads", "Export the model again", error);
        }
    }

    /// <summary>The logits of any number of texts, in their order. Texts of like length are asked together, so that little is computed on padding, and
    /// the longest first, so that no core is left with them at the end.</summary>
    /// <param name="texts">Ids of each text.</param>
    /// <param name="padding">What shorter ones are filled up with.</param>
    /// <param name="cancellation">Between two batches.</param>
    public float[][] AllLogits(IReadOnlyList<int[]> texts, int padding, CancellationToken cancellation = default)
    {
        float[][] logits = new float[texts.Count][];
        IEnumerable<int[]> batches = Enumerable.Range(0, texts.Count).OrderByDescending(i => texts[i].Length).Chunk(Batch);
        try
        {
            Parallel.ForEach(Partitioner.Create(batches, EnumerablePartitionerOptions.NoBuffering), _side, batch =>
            {
                cancellation.ThrowIfCancellationRequested();
                float[][] answers = Logits([.. batch.Select(i => texts[i])], padding);
                for (int row = 0; row < batch.Length; row++)
                {
                    logits[batch[row]] = answers[row];
                }
            });
        }
        catch (AggregateException several)
        {
            ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
        }

        return logits;
    }

    /// <summary>The logits of texts that were cut into pieces, in one call of the runtime.</summary>
    /// <param name="texts">Ids of each text, at least one; shorter ones are filled up.</param>
    /// <param name="padding">What they are filled up with.</param>
    /// <returns>Text x label.</returns>
    public float[][] Logits(IReadOnlyList<int[]> texts, int padding)
    {
        int length = texts.Max(text => text.Length);
        long[] ids = new long[texts.Count * length];
        long[] mask = new long[ids.Length];
        for (int row = 0; row < texts.Count; row++)
        {
            Span<long> target = ids.AsSpan(row * length, length);
            target.Fill(padding);
            for (int i = 0; i < texts[row].Length; i++)
            {
                target[i] = texts[row][i];
                mask[(row * length) + i] = 1;
            }
        }

        long[] shape = [texts.Count, length];
        using OrtValue idValue = OrtValue.CreateTensorValueFromMemory(ids, shape);
        using OrtValue maskValue = OrtValue.CreateTensorValueFromMemory(mask, shape);
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(
            run, [OnnxExport.Ids, OnnxExport.Mask], [idValue, maskValue], [OnnxExport.Logits]);
        ReadOnlySpan<float> logits = outputs[0].GetTensorDataAsSpan<float>();
        int labels = logits.Length / texts.Count;
        float[][] rows = new float[texts.Count][];
        for (int row = 0; row < rows.Length; row++)
        {
            rows[row] = logits.Slice(row * labels, labels).ToArray();
        }

        return rows;
    }

    public void Dispose() => _session.Dispose();
}
