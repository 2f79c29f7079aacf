using System.Text.Json.Nodes;
using FineTuneFlow.Tests;

namespace FineTuneFlow.Functions.AppTests.Product;

/// <summary>What the app brings along for its own models: ONNX Runtime, and nothing of the trainer.</summary>
public sealed class NativeLibrariesTests
{
    private const double MegaByte = 1_000_000;

    /// <summary>Measured with ONNX Runtime 1.31.1: 29.6 MB (docs/benchmarks.md).</summary>
    private const double MostForOnnxRuntime = 35 * MegaByte;

    private static readonly JsonObject Assets = JsonNode.Parse(Repository.Read("src", "FineTuneFlow.Functions", "obj", "project.assets.json"))!.AsObject();

    private static JsonObject Packages => Assets["targets"]!["net10.0"]!.AsObject();

    [Fact]
    public void The_app_carries_no_libtorch()
    {
        string[] files = [.. Packages.SelectMany(package => FilesOf(package.Value!))];

        files.ShouldContain(file => file.EndsWith("Microsoft.ML.OnnxRuntime.dll", StringComparison.Ordinal), "the files were looked for in the right place");
        Packages.Select(package => package.Key).Concat(files).Where(name => name.Contains("torch", StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();
        // The build's own output as well: a file copied by hand stands in no list of packages.
        Directory.EnumerateFiles(AppContext.BaseDirectory, "*torch*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    /// <summary>The package for Azure is published for linux-x64, which takes the libraries of that platform alone.</summary>
    [Fact]
    public void Onnx_runtime_adds_a_bounded_size_on_linux()
    {
        long size = 0;
        foreach ((string package, JsonNode? parts) in Packages.Where(one => one.Key.StartsWith("Microsoft.ML.OnnxRuntime", StringComparison.Ordinal)))
        {
            size += FilesOf(parts!, "linux-x64").Sum(file => new FileInfo(PathOf(package, file)).Length);
        }

        ((double)size).ShouldBeInRange(10 * MegaByte, MostForOnnxRuntime);
    }

    /// <summary>Files of a package that go into an output: managed ones, and native ones of one platform or of all.</summary>
    private static IEnumerable<string> FilesOf(JsonNode package, string? platform = null) =>
        (package["runtime"]?.AsObject().Select(file => file.Key) ?? [])
            .Concat(package["runtimeTargets"]?.AsObject().Where(file => platform is null || file.Value!["rid"]!.GetValue<string>() == platform).Select(file => file.Key) ?? []);

    private static string PathOf(string package, string file)
    {
        string folder = Assets["libraries"]![package]!["path"]!.GetValue<string>();
        return Assets["packageFolders"]!.AsObject().Select(root => Path.Combine(root.Key, folder, file)).First(File.Exists);
    }
}
