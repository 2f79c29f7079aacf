using System.Diagnostics;
using System.Globalization;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Trainer.Contract;
using FineTuneFlow.Trainer.Training;
using static TorchSharp.torch;

namespace FineTuneFlow.Trainer.Networks;

/// <param name="Device">Of libtorch.</param>
/// <param name="Name">For a person: the GPU's name, or the processor with its cores.</param>
/// <param name="Precision">Of the products.</param>
internal sealed record DeviceChoice(Device Device, string Name, Precision Precision)
{
    /// <summary>From this compute capability on GPUs have bfloat16 (Ampere); the T4's is 7.5.</summary>
    private const double BFloat16Capability = 8.0;

    /// <exception cref="FlowException">InvalidInput: a GPU is asked for and there is none.</exception>
    public static DeviceChoice Make(DeviceWish wish, PrecisionWish precision)
    {
        bool gpu = wish != DeviceWish.Cpu && cuda.is_available();
        if (wish == DeviceWish.Gpu && !gpu)
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput, "The recipe asks for a GPU, and this machine has none that libtorch can use", "Set device to auto to fall back to the processor, or train on a machine with a GPU and the image for CUDA", Field: "FTF_DEVICE"));
        }

        if (!gpu)
        {
            string processor = string.Create(CultureInfo.InvariantCulture, $"cpu, {Environment.ProcessorCount} cores");
            return new DeviceChoice(CPU, processor, precision is PrecisionWish.BFloat16 ? Precision.BFloat16 : Precision.Single);
        }

        (string name, double capability) = Ask();
        Precision chosen = precision switch
        {
            PrecisionWish.Single => Precision.Single,
            PrecisionWish.BFloat16 => Precision.BFloat16,
            PrecisionWish.Half => Precision.Half,
            _ => capability >= BFloat16Capability ? Precision.BFloat16 : Precision.Half,
        };
        return new DeviceChoice(CUDA, $"cuda, {name}", chosen);
    }

    /// <summary>TorchSharp does not tell a GPU's name and capability; NVIDIA's tool, which comes with the driver, does.</summary>
    private static (string Name, double Capability) Ask()
    {
        try
        {
            var start = new ProcessStartInfo("nvidia-smi", ["--query-gpu=name,compute_cap", "--format=csv,noheader"]) { RedirectStandardOutput = true };
            using Process tool = Process.Start(start)!;
            string[] cells = (tool.StandardOutput.ReadLine() ?? "").Split(',', StringSplitOptions.TrimEntries);
            tool.WaitForExit();
            return cells.Length == 2 && double.TryParse(cells[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double capability)
                ? (cells[0], capability)
                : ("NVIDIA", 0);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return ("NVIDIA", 0);
        }
    }
}
