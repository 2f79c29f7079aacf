using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Datasets.Writing;

/// <summary>The files of a preparation in its folder; files of others are left alone.</summary>
internal static class OutputFolder
{
    /// <summary>Stands in the folder from the first moment until the manifest takes its place: an interrupted preparation is known
    /// by it.</summary>
    private const string Unfinished = ".manifest.tmp";

    /// <summary>Makes the folder ready. What an earlier preparation left goes, its manifest at once; large files, which take the
    /// system a while, while the drop is being read.</summary>
    /// <returns>Ends when all are gone.</returns>
    /// <exception cref="FlowException">A file that a preparation would write stands there and none wrote it.</exception>
    public static Task Begin(string directory)
    {
        Directory.CreateDirectory(directory);
        string[] left = Left(directory);
        string manifest = Path.Combine(directory, DatasetFiles.Manifest);
        string unfinished = Path.Combine(directory, Unfinished);
        if (left.Length > 0 && !File.Exists(unfinished) && !IsManifest(manifest))
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"the folder {directory} holds {Path.GetFileName(left[0])}, which no preparation wrote and this one would overwrite",
                "Name another folder, or move the file away"));
        }

        File.WriteAllBytes(unfinished, []);
        File.Delete(manifest);
        File.Delete(Path.Combine(directory, TextStore.TemporaryName));
        return left.Length == 0 ? Task.CompletedTask : Task.Run(() => Array.ForEach(left, File.Delete));
    }

    /// <summary>Removes what a preparation that failed has written.</summary>
    public static void Abandon(string directory)
    {
        Array.ForEach(Left(directory), File.Delete);
        File.Delete(Path.Combine(directory, Unfinished));
    }

    /// <summary>The manifest appears whole or not at all.</summary>
    public static void Finish(string directory, Manifest manifest)
    {
        string unfinished = Path.Combine(directory, Unfinished);
        File.WriteAllBytes(unfinished, RecordJson.Write(manifest));
        File.Move(unfinished, Path.Combine(directory, DatasetFiles.Manifest), overwrite: true);
    }

    private static string[] Left(string directory) =>
        [.. Directory.EnumerateFiles(directory).Where(path => DatasetFiles.IsOutput(Path.GetFileName(path)))];

    private static bool IsManifest(string path) =>
        File.Exists(path) && File.ReadAllText(path).Contains($"\"{DatasetPreparation.Product}/", StringComparison.Ordinal);
}
