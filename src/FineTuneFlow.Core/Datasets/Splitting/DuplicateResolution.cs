using System.Collections.Immutable;
using System.Numerics;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Splitting;

/// <summary>Leaves one row of each text (or one of each text and label) and sets the outcome of the others.</summary>
internal sealed class DuplicateResolution
{
    private const int Examples = 20;
    private readonly RowTable _rows;
    private readonly IReadOnlyList<string> _labels;
    private readonly ConflictPolicy _policy;
    private readonly int[] _next;
    private readonly List<int> _heads = [];

    /// <summary>The first row with the same text, for rows left out; else -1. Same length as the table.</summary>
    public int[] FirstOf { get; }
    public long DuplicateRows { get; private set; }
    public long ConflictTexts { get; private set; }
    public long ConflictRows { get; private set; }
    public ImmutableArray<ConflictExample> Conflicts { get; private set; } = [];
    /// <summary>First lines of conflicting rows.</summary>
    public ImmutableArray<long> ConflictLines { get; private set; } = [];
    public ImmutableArray<long> DuplicateLines { get; private set; } = [];

    public DuplicateResolution(RowTable rows, IReadOnlyList<string> labels, ConflictPolicy policy)
    {
        _rows = rows;
        _labels = labels;
        _policy = policy;
        _next = new int[rows.Count];
        FirstOf = new int[rows.Count];
        Group();
        _heads.Sort();
        foreach (int head in _heads)
        {
            Resolve(head);
        }
    }

    /// <summary>Chains rows of one text behind its first row, in the order of the file.</summary>
    private void Group()
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(_rows.Count * 2L, 16, 1 << 30));
        var slots = new int[size];
        var tails = new Dictionary<int, int>();
        for (int i = 0; i < _rows.Count; i++)
        {
            _next[i] = -1;
            FirstOf[i] = -1;
            TextHash hash = _rows[i].Hash;
            int slot = (int)(hash.Low & (ulong)(size - 1));
            while (slots[slot] != 0 && _rows[slots[slot] - 1].Hash != hash)
            {
                slot = (slot + 1) & (size - 1);
            }

            if (slots[slot] == 0)
            {
                slots[slot] = i + 1;
                continue;
            }

            int head = slots[slot] - 1;
            if (!tails.TryGetValue(head, out int tail))
            {
                _heads.Add(head);
                tail = head;
            }

            _next[tail] = i;
            tails[head] = i;
            FirstOf[i] = head;
        }
    }

    private void Resolve(int head)
    {
        var votes = new Dictionary<int, int>();
        var order = new List<int>();
        for (int i = head; i >= 0; i = _next[i])
        {
            int label = _rows[i].Label;
            if (!votes.TryAdd(label, 1))
            {
                votes[label]++;
            }
            else
            {
                order.Add(label);
            }
        }

        if (order.Count == 1)
        {
            for (int i = _next[head]; i >= 0; i = _next[i])
            {
                Leave(i, RowOutcome.Duplicate);
            }

            return;
        }

        ConflictTexts++;
        // The first label met wins a tie.
        int? kept = _policy switch
        {
            ConflictPolicy.Majority => order.MaxBy(label => votes[label]),
            ConflictPolicy.First => order[0],
            _ => null,
        };
        Remember(head, order, votes, kept);
        var seen = new HashSet<int>();
        ushort copy = 0;
        for (int i = head; i >= 0; i = _next[i])
        {
            int label = _rows[i].Label;
            if (_policy == ConflictPolicy.Drop || (kept is { } winner && label != winner))
            {
                Leave(i, RowOutcome.Conflict);
            }
            else if (!seen.Add(label))
            {
                Leave(i, RowOutcome.Duplicate);
            }
            else
            {
                _rows[i].Copy = copy++;
            }
        }
    }

    private void Leave(int row, RowOutcome outcome)
    {
        _rows[row].Outcome = outcome;
        if (outcome == RowOutcome.Conflict)
        {
            ConflictRows++;
            return;
        }

        DuplicateRows++;
        if (DuplicateLines.Length < FactCounts.Examples)
        {
            DuplicateLines = DuplicateLines.Add(_rows[row].Line);
        }
    }

    private void Remember(int head, List<int> order, Dictionary<int, int> votes, int? kept)
    {
        if (ConflictLines.Length < FactCounts.Examples)
        {
            ConflictLines = ConflictLines.Add(_rows[head].Line);
        }

        if (Conflicts.Length >= Examples)
        {
            return;
        }

        var lines = ImmutableArray.CreateBuilder<long>();
        for (int i = head; i >= 0 && lines.Count < FactCounts.Examples; i = _next[i])
        {
            lines.Add(_rows[i].Line);
        }

        Conflicts = Conflicts.Add(new ConflictExample(
            TextIdentity.IdOf(_rows[head].Hash),
            [.. order.Select(label => new NamedCount(_labels[label], votes[label]))],
            kept is { } label ? _labels[label] : null,
            lines.ToImmutable()));
    }
}
