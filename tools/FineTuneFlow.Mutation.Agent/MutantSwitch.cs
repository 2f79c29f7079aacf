using System.Reflection;

namespace FineTuneFlow.Mutation.Agent;

/// <summary>The switch that the harness compiled into the assembly with the mutants.</summary>
internal sealed class MutantSwitch
{
    private readonly FieldInfo _active;
    private readonly FieldInfo _covering;
    private readonly byte[] _hits;

    public MutantSwitch(string assembly)
    {
        Type type = Assembly.Load(assembly).GetType("FineTuneFlowMutants", throwOnError: true)!;
        _active = type.GetField("Active")!;
        _covering = type.GetField("Covering")!;
        _hits = (byte[])type.GetField("Hits")!.GetValue(null)!;
    }

    public void Activate(int mutant) => _active.SetValue(null, mutant);

    public void StartCovering()
    {
        Array.Clear(_hits);
        _covering.SetValue(null, true);
    }

    /// <summary>The members that were entered; with an "s" those that a type's initialisation entered, which happens once a
    /// process.</summary>
    public string StopCovering()
    {
        _covering.SetValue(null, false);
        return string.Join(',', _hits.Select((hit, member) => (hit, member)).Where(entry => entry.hit != 0).Select(entry => entry.hit > 1 ? $"{entry.member}s" : $"{entry.member}"));
    }
}
