namespace FineTuneFlow.Encoders.Checkpoints;

/// <summary>Weights of a name, in single precision, the last dimension running fastest.</summary>
/// <param name="Shape">The lengths of its dimensions.</param>
/// <param name="Values">As many as the lengths multiplied.</param>
public sealed record WeightTensor(int[] Shape, float[] Values)
{
    public static WeightTensor Zeros(params int[] shape) => new(shape, new float[Count(shape)]);

    public static int Count(IEnumerable<int> shape) => shape.Aggregate(1, (product, length) => checked(product * length));

    /// <summary>Rows and columns exchanged; only for two dimensions.</summary>
    public WeightTensor Transposed()
    {
        int rows = Shape[0];
        int columns = Shape[1];
        float[] turned = new float[Values.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                turned[(column * rows) + row] = Values[(row * columns) + column];
            }
        }

        return new WeightTensor([columns, rows], turned);
    }
}
