using System.Text;

namespace FineTuneFlow.Encoders.Onnx;

/// <summary>An attribute of a node: a whole number, a list of them, a fraction or a text.</summary>
/// <param name="Name">As the operator's documentation names it.</param>
/// <param name="Value">An int64, an array of them, a float or a string.</param>
internal sealed record OnnxAttribute(string Name, object Value)
{
    public void Write(ProtoWriter attribute)
    {
        attribute.Text(1, Name);
        switch (Value)
        {
            case float fraction:
                attribute.Fraction(2, fraction);
                attribute.Whole(20, 1);
                break;
            case long whole:
                attribute.Whole(3, whole);
                attribute.Whole(20, 2);
                break;
            case string text:
                attribute.Bytes(4, Encoding.UTF8.GetBytes(text));
                attribute.Whole(20, 3);
                break;
            case long[] wholes:
                foreach (long one in wholes)
                {
                    attribute.Whole(8, one);
                }

                attribute.Whole(20, 7);
                break;
            default:
                throw new NotSupportedException($"No attribute holds a {Value.GetType().Name}.");
        }
    }
}
