namespace FineTuneFlow.Core.Datasets.Writing;

/// <summary>The files of a preparation in its folder; files of others are left alone.</summary>
internal static class OutputFolder
{
    private const string TemporaryManifest = ".manifest.tmp";

    /// <summary>Removes what an earlier preparation left, its manifest first: without one the folder counts as unfinished.</summary>
    public static void Clear(string directory)
    {
        File.Delete(Path.Combine(directory, DatasetFiles.Manifest));
        foreach (string path in Directory.EnumerateFiles(directory).ToList())
        {
            if (IsOurs(Path.GetFileName(path)))
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>The manifest appears whole or not at all.</summary>
    public static void Finish(string directory, Manifest manifest)
    {
        string temporary = Path.Combine(directory, TemporaryManifest);
        File.WriteAllBytes(temporary, RecordJson.Write(manifest));
        File.Move(temporary, Path.Combine(directory, DatasetFiles.Manifest), overwrite: true);
    }

    private static bool IsOurs(string name) =>
        name is DatasetFiles.Profile or DatasetFiles.Rejects or TemporaryManifest or TextStore.TemporaryName or DatasetFiles.Test
        || (name.EndsWith(".jsonl", StringComparison.Ordinal) && IsSplitFile(name));

    private static bool IsSplitFile(string name) =>
        name is DatasetFiles.Train or DatasetFiles.Validation
        || name.StartsWith("train.chat", StringComparison.Ordinal)
        || name.StartsWith("train.completion", StringComparison.Ordinal)
        || name.StartsWith("validation.chat", StringComparison.Ordinal)
        || name.StartsWith("validation.completion", StringComparison.Ordinal);
}
