using System.Reflection;
using FineTuneFlow.Encoders.Checkpoints;
using FineTuneFlow.Encoders.Sources;

namespace FineTuneFlow.Encoders.Tests;

/// <summary>The small encoders of fixtures/make_encoders.py, and the packaged MiniLM.</summary>
internal static class Fixtures
{
    public static readonly int[][] Rows = [[2, 5, 16, 25, 27, 3], [2, 28, 26, 3], [2, 7, 8, 3], [2, 25, 25, 29, 3]];

    public static string Folder(string encoder) => Path.Combine(AppContext.BaseDirectory, "fixtures", encoder);

    public static Dictionary<string, WeightTensor> Expected(string encoder) => Safetensors.Read(Path.Combine(Folder(encoder), "expected.safetensors"));

    public static string PackageFolder { get; } =
        typeof(Fixtures).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(data => data.Key == "MiniLmFolder").Value!;

    public static EncoderCheckpoint MiniLm { get; } = PackagedModel.Load(WeightPackage.All[0], PackageFolder);
}
