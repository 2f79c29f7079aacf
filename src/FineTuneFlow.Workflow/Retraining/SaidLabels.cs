using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Workflow.Models;

namespace FineTuneFlow.Workflow.Retraining;

/// <summary>What people have said of a project's texts, as far as it may change what is trained.</summary>
internal sealed class SaidLabels
{
    private readonly Dictionary<string, string> _texts;
    private readonly Dictionary<string, string> _rows = new(StringComparer.Ordinal);
    private readonly IReadOnlySet<string> _judged;

    /// <param name="feedback">Of several about a text the last one counts.</param>
    /// <param name="corrections">Of several about a row the last one counts.</param>
    /// <param name="labels">Those that the project has: a mistyped one, kept before labels were checked, is left out and told.</param>
    /// <param name="judged">Texts, by id, that judge the project's versions: their labels stay.</param>
    public SaidLabels(
        IEnumerable<Feedback> feedback, IEnumerable<Corrections> corrections, ImmutableArray<string> labels, IReadOnlySet<string> judged)
    {
        _judged = judged;
        Feedback[] said = [.. feedback.OrderBy(one => one.At).ThenBy(one => one.Label, StringComparer.Ordinal)];
        LeftOut =
        [
            .. said.Where(one => !labels.Contains(one.Label)).GroupBy(one => one.Label)
                .Select(group => $"{group.Count():N0} feedback with the label \"{group.Key}\", which the project does not have"),
        ];
        _texts = said.Where(one => labels.Contains(one.Label) && !judged.Contains(TextId.Of(one.Text)))
            .GroupBy(one => one.Text, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last().Label, StringComparer.Ordinal);
        foreach (KeyValuePair<string, string> row in corrections.SelectMany(file => file.Labels).Where(row => labels.Contains(row.Value)))
        {
            _rows[row.Key] = row.Value;
        }
    }

    /// <summary>What could not be used, with the reason.</summary>
    public ImmutableArray<string> LeftOut { get; }

    /// <summary>The label of a drop's row; null: it stands among <see cref="Texts"/>.</summary>
    public string? Of(DatasetRow row) =>
        _judged.Contains(Lineage.TextOf(row.Id)) ? row.Label : _texts.ContainsKey(row.Text) ? null : _rows.GetValueOrDefault(row.Id, row.Label);

    public IEnumerable<(string Text, string Label)> Texts() =>
        _texts.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, entry.Value));
}
