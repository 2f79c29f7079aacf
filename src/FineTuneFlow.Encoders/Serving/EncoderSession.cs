using FineTuneFlow.Core.Failures;
using FineTuneFlow.Encoders.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace FineTuneFlow.Encoders.Serving;

/// <summary>An exported encoder in ONNX Runtime. Safe for concurrent use.</summary>
public sealed class EncoderSession : IDisposable
{
    private readonly InferenceSession _session;

    /// <param name="file">Written by <see cref="OnnxExport"/>.</param>
    /// <param name="threads">For one call; 0: as many as there are cores.</param>
    /// <exception cref="FlowException">InvalidInput: the file is not such a model.</exception>
    public EncoderSession(string file, int threads = 0)
    {
        using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        if (threads > 0)
        {
            options.IntraOpNumThreads = threads;
        }

        // A thread that waits for work asks for it again and again; a server has other work for that core.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        try
        {
            _session = new InferenceSession(file, options);
        }
        catch (OnnxRuntimeException error)
        {
            throw new FlowException(FailureKind.InvalidInput, $"{Path.GetFileName(file)} is not a model that ONNX Runtime loads", "Export the model again", error);
        }
    }

    /// <summary>The logits of texts that were cut into pieces.</summary>
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
