using FineTuneFlow.Cli.Output;
using FineTuneFlow.Core.Datasets;

namespace FineTuneFlow.Cli.Commands;

/// <summary>What <c>ftf prepare</c> says to a person.</summary>
internal static class PreparationText
{
    public static void Write(TextWriter output, Manifest manifest, string folder)
    {
        RowCounts rows = manifest.Rows;
        output.WriteLine($"{manifest.Source.Name}: {rows.Input:N0} rows, {manifest.Source.Format}, {manifest.Source.Encoding}");
        output.WriteLine($"text   {string.Join(" + ", manifest.Settings.Text)}");
        output.WriteLine($"label  {manifest.Settings.Label} ({manifest.Labels.Names.Length} classes)");
        output.WriteLine();
        output.WriteLine($"  train       {rows.Train,12:N0}{(rows.Added > 0 ? $"  and {rows.Added:N0} written again to balance" : "")}");
        output.WriteLine($"  validation  {rows.Validation,12:N0}");
        output.WriteLine($"  test        {rows.Test,12:N0}  (holdout, in no upload)");
        foreach (var (what, count) in new[]
        {
            ("filtered", rows.Filtered), ("rejected", rows.Rejected), ("duplicates", rows.Duplicates), ("conflicts", rows.Conflicts), ("balanced", rows.Balanced),
        })
        {
            if (count > 0)
            {
                output.WriteLine($"  {what,-10}  {count,12:N0}  (rejects.csv)");
            }
        }

        output.WriteLine();
        foreach (ManifestFile file in manifest.Files)
        {
            output.WriteLine($"  {Path.Combine(folder, file.Name)}  {file.Rows:N0} rows, {Say.Size(file.Bytes)}");
        }

        output.WriteLine();
        output.WriteLine("No text stands in two splits: shown from the written files.");
    }
}
