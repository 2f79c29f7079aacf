using System.Text;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Tests.Training;

/// <summary>Reviews from the internal test data (never part of the project), each text once, in a fixed shuffled order.</summary>
internal static class RealReviews
{
    private static readonly string[] TextColumns = ["review_title", "review_body", "review"];

    public static List<LabelledText> ReadOrSkip(string file)
    {
        string? path = Find(file);
        Assert.SkipWhen(path is null, $"{file} is not on this machine: set FINETUNEFLOW_DATA");
        List<List<string>> records = Records(File.ReadAllText(path!));
        int[] texts = [.. TextColumns.Select(column => records[0].IndexOf(column)).Where(index => index >= 0)];
        int label = records[0].FindIndex(column => column is "star" or "stars");
        var rows = new Dictionary<string, LabelledText>();
        foreach (List<string> record in records.Skip(1).Where(record => record.Count == records[0].Count))
        {
            string text = string.Join("\n\n", texts.Select(column => record[column])).Trim();
            rows.TryAdd(text.ToLowerInvariant(), new LabelledText(text, record[label]));
        }

        int[] order = [.. Enumerable.Range(0, rows.Count)];
        new StableRandom(1).Shuffle(order);
        List<LabelledText> all = [.. rows.Values];
        return [.. order.Select(i => all[i])];
    }

    private static List<List<string>> Records(string csv)
    {
        var records = new List<List<string>> { new() };
        var field = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < csv.Length; i++)
        {
            char c = csv[i];
            if (c == '"')
            {
                if (quoted && i + 1 < csv.Length && csv[i + 1] == '"')
                {
                    field.Append(csv[++i]);
                }
                else
                {
                    quoted = !quoted;
                }
            }
            else if (!quoted && (c == ',' || c == '\n'))
            {
                records[^1].Add(field.ToString().TrimEnd('\r'));
                field.Clear();
                if (c == '\n')
                {
                    records.Add([]);
                }
            }
            else
            {
                field.Append(c);
            }
        }

        return records;
    }

    private static string? Find(string file)
    {
        if (Environment.GetEnvironmentVariable("FINETUNEFLOW_DATA") is { Length: > 0 } folder)
        {
            return File.Exists(Path.Combine(folder, file)) ? Path.Combine(folder, file) : null;
        }

        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string path = Path.Combine(at.FullName, "shared", "data", file);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}
