using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Workflow.Evaluation;

/// <summary>The judged rows of a run as figures: ids, labels, answers and confidences, without the texts. Written beside the report, so
/// that whoever looks at a hundred thousand rows reads 4 MB of figures instead of every prediction's JSON.</summary>
public sealed class JudgedAnswers
{
    private const int Form = 0x314A5446; // "FTJ1"
    private readonly LabelSet? _labels;
    private readonly Dictionary<string, int>? _places;
    private readonly Dictionary<string, AnswerFacts> _candidates = new(StringComparer.Ordinal);

    public JudgedAnswers(LabelSet labels, IReadOnlyList<DatasetRow> rows)
        : this([.. rows.Select(row => row.Id)], [.. rows.Select(row => labels.IndexOf(row.Label))])
    {
        _labels = labels;
        _places = new Dictionary<string, int>(rows.Count, StringComparer.Ordinal);
        for (int place = 0; place < rows.Count; place++)
        {
            _places[rows[place].Id] = place;
        }
    }

    private JudgedAnswers(string[] ids, int[] truth) => (Ids, Truth) = (ids, truth);

    /// <summary>In the order of the judged file.</summary>
    public IReadOnlyList<string> Ids { get; }

    /// <summary>Index of each row's label.</summary>
    public IReadOnlyList<int> Truth { get; }

    public AnswerFacts? Of(string candidate) => _candidates.GetValueOrDefault(candidate);

    /// <summary>Takes a candidate's answers in whatever order they come.</summary>
    public void Add(string candidate, IEnumerable<Prediction> predictions)
    {
        var facts = new AnswerFacts(Ids.Count);
        foreach (Prediction prediction in predictions)
        {
            if (_places!.TryGetValue(prediction.Id, out int place))
            {
                int label = prediction.Error is null ? _labels!.IndexOf(prediction.Label) : -1;
                double? confidence = label >= 0 && prediction.Probabilities is { } shares && shares.TryGetValue(prediction.Label!, out double share) ? share : null;
                facts.Set(place, label, confidence, prediction.Error);
            }
        }

        _candidates[candidate] = facts;
    }

    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(Form);
        writer.Write(Ids.Count);
        for (int place = 0; place < Ids.Count; place++)
        {
            writer.Write(Ids[place]);
            writer.Write((short)Truth[place]);
        }

        writer.Write(_candidates.Count);
        foreach ((string name, AnswerFacts facts) in _candidates)
        {
            writer.Write(name);
            facts.Write(writer);
        }

        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>Null: another version of this product has written it.</summary>
    public static JudgedAnswers? Read(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        if (bytes.Length < 2 * sizeof(int) || reader.ReadInt32() != Form)
        {
            return null;
        }

        int rows = reader.ReadInt32();
        var (ids, truth) = (new string[rows], new int[rows]);
        for (int place = 0; place < rows; place++)
        {
            ids[place] = reader.ReadString();
            truth[place] = reader.ReadInt16();
        }

        var answers = new JudgedAnswers(ids, truth);
        for (int left = reader.ReadInt32(); left > 0; left--)
        {
            answers._candidates[reader.ReadString()] = AnswerFacts.Read(reader, rows);
        }

        return answers;
    }
}
