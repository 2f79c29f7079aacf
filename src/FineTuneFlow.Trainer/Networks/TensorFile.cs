using FineTuneFlow.Encoders.Checkpoints;
using static TorchSharp.torch;

namespace FineTuneFlow.Trainer.Networks;

/// <summary>Between the tensors of libtorch and those of files.</summary>
internal static class TensorFile
{
    /// <summary>A copy on the processor, in single precision.</summary>
    public static WeightTensor OfTensor(Tensor tensor)
    {
        using Tensor plain = tensor.detach().to(CPU).to(ScalarType.Float32).contiguous();
        float[] values = new float[plain.numel()];
        plain.data<float>().CopyTo(values, 0, 0);
        return new WeightTensor([.. tensor.shape.Select(length => (int)length)], values);
    }

    /// <summary>A tensor of a file on a device.</summary>
    public static Tensor ToTensor(WeightTensor tensor, Device device)
    {
        using Tensor flat = from_array(tensor.Values);
        using Tensor shaped = flat.reshape([.. tensor.Shape.Select(length => (long)length)]);
        return shaped.to(device, copy: true);
    }
}
