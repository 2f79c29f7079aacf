using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Splitting;

/// <summary>Leaves one row of each text (or one of each text and label) and sets the outcome of the others.</summary>
internal sealed class DuplicateResolution
{
    private const int Examples = 20;
    private readonly RowTable rows;
    private readonly IReadOnlyList<string> labels;
    private readonly ConflictPolicy policy;
    private readonly int[] next;
    private readonly List<int> heads = [];

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
        this.rows = rows;
        this.labels = labels;
        this.policy = policy;
        next = new int[rows.Count];
        FirstOf = new int[rows.Count];
        Group();
        heads.Sort();
        foreach (int head in heads)
        {
            Resolve(head);
        }
    }

    /// <summary>Chains rows of one text behind its first row, in the order of the file.</summary>
    private void Group()
    {
        int size = 16;
        while (size < rows.Count * 2L && size < 1 << 30)
        {
            size *= 2;
        }

        var slots = new int[size];
        var tails = new Dictionary<int, int>();
        for (int i = 0; i < rows.Count; i++)
        {
            next[i] = -1;
            FirstOf[i] = -1;
            TextHash hash = rows[i].Hash;
            int slot = (int)(hash.Low & (ulong)(size - 1));
            while (slots[slot] != 0 && rows[slots[slot] - 1].Hash != hash)
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
                heads.Add(head);
                tail = head;
            }

            next[tail] = i;
            tails[head] = i;
            FirstOf[i] = head;
        }
    }

    private void Resolve(int head)
    {
        var votes = new Dictionary<int, int>();
        var order = new List<int>();
        for (int i = head; i >= 0; i = next[i])
        {
            int label = rows[i].Label;
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
            for (int i = next[head]; i >= 0; i = next[i])
            {
                Leave(i, RowOutcome.Duplicate);
            }

            return;
        }

        ConflictTexts++;
        // The first label met wins a tie.
        int? kept = policy switch
        {
            ConflictPolicy.Majority => order.MaxBy(label => votes[label]),
            ConflictPolicy.First => order[0],
            _ => null,
        };
        Remember(head, order, votes, kept);
        var seen = new HashSet<int>();
        ushort copy = 0;
        for (int i = head; i >= 0; i = next[i])
        {
            int label = rows[i].Label;
            if (policy == ConflictPolicy.Drop || (kept is { } winner && label != winner))
            {
                Leave(i, RowOutcome.Conflict);
            }
            else if (!seen.Add(label))
            {
                Leave(i, RowOutcome.Duplicate);
            }
            else
            {
                rows[i].Copy = copy++;
            }
        }
    }

    private void Leave(int row, RowOutcome outcome)
    {
        rows[row].Outcome = outcome;
        if (outcome == RowOutcome.Conflict)
        {
            ConflictRows++;
            return;
        }

        DuplicateRows++;
        if (DuplicateLines.Length < FactCounts.Examples)
        {
            DuplicateLines = DuplicateLines.Add(rows[row].Line);
        }
    }

    private void Remember(int head, List<int> order, Dictionary<int, int> votes, int? kept)
    {
        if (ConflictLines.Length < FactCounts.Examples)
        {
            ConflictLines = ConflictLines.Add(rows[head].Line);
        }

        if (Conflicts.Length >= Examples)
        {
            return;
        }

        var lines = ImmutableArray.CreateBuilder<long>();
        for (int i = head; i >= 0 && lines.Count < FactCounts.Examples; i = next[i])
        {
            lines.Add(rows[i].Line);
        }

        Conflicts = Conflicts.Add(new ConflictExample(
            TextIdentity.IdOf(rows[head].Hash),
            [.. order.Select(label => new NamedCount(labels[label], votes[label]))],
            kept is { } label ? labels[label] : null,
            lines.ToImmutable()));
    }
}
