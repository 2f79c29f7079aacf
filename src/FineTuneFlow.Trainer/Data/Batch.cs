using static TorchSharp.torch;

namespace FineTuneFlow.Trainer.Data;

/// <summary>A batch as tensors.</summary>
/// <param name="Ids">Batch x length.</param>
/// <param name="Mask">Batch x length, true where a text is; null where all are of one length.</param>
/// <param name="Labels">Numbers of the labels.</param>
internal sealed record Batch(Tensor Ids, Tensor? Mask, Tensor Labels)
{
    public static Batch Of(IReadOnlyList<TrainingRow> rows, ReadOnlySpan<int> chosen, int padding, Device device)
    {
        int length = 0;
        bool even = true;
        foreach (int row in chosen)
        {
            even &= length == 0 || length == rows[row].Pieces.Length;
            length = Math.Max(length, rows[row].Pieces.Length);
        }

        long[] ids = new long[chosen.Length * length];
        bool[] mask = new bool[ids.Length];
        long[] labels = new long[chosen.Length];
        Array.Fill(ids, padding);
        for (int i = 0; i < chosen.Length; i++)
        {
            TrainingRow row = rows[chosen[i]];
            labels[i] = row.Label;
            for (int at = 0; at < row.Pieces.Length; at++)
            {
                ids[(i * length) + at] = row.Pieces[at];
                mask[(i * length) + at] = true;
            }
        }

        return new Batch(
            from_array(ids).reshape(chosen.Length, length).to(device),
            even ? null : from_array(mask).reshape(chosen.Length, length).to(device),
            from_array(labels).to(device));
    }
}
