namespace FineTuneFlow.Mutation;

/// <summary>Survivors that a person has looked at: <c>key => why nothing can notice it</c>, a line each, grouped by comments.</summary>
internal sealed class Baseline
{
    private readonly Dictionary<string, string> _reasons = [];

    public Baseline(string path)
    {
        foreach (string line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            int arrow = line.LastIndexOf(" => ", StringComparison.Ordinal);
            if (arrow > 0 && !line.StartsWith('#'))
            {
                _reasons[line[..arrow]] = line[(arrow + 4)..];
            }
        }
    }

    public string? Reason(Mutant mutant) => _reasons.GetValueOrDefault(mutant.Key);

    /// <summary>Entries that no longer name a mutant: the code has changed.</summary>
    public IEnumerable<string> Stale(IEnumerable<Mutant> mutants) => _reasons.Keys.Except(mutants.Select(mutant => mutant.Key));
}
