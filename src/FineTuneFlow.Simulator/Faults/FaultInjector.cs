using FineTuneFlow.Core.Training;
using FineTuneFlow.Simulator.Jobs;
using FineTuneFlow.Simulator.Settings;

namespace FineTuneFlow.Simulator.Faults;

/// <summary>Holds the fault plan and decides which of its rules fire. Calls are counted for each rule from the moment the plan
/// was set.</summary>
internal sealed class FaultInjector
{
    private readonly string _path;
    private readonly Lock _lock = new();
    private FaultPlan _plan = FaultPlan.None;
    private int[] _matched = [];
    private int[] _fired = [];

    public FaultInjector(SimulatorOptions options)
    {
        Directory.CreateDirectory(options.State);
        _path = Path.Combine(options.State, "faults.json");
        string? source = options.Faults ?? (File.Exists(_path) ? _path : null);
        if (source is not null)
        {
            Set(FaultPlan.Parse(File.ReadAllBytes(source), Path.GetFileName(source)));
        }
    }

    /// <summary>The plan and, for each rule, how many calls matched and how often it fired.</summary>
    public (FaultPlan Plan, int[] Matched, int[] Fired) Current
    {
        get
        {
            lock (_lock)
            {
                return (_plan, [.. _matched], [.. _fired]);
            }
        }
    }

    public void Set(FaultPlan plan)
    {
        lock (_lock)
        {
            File.WriteAllBytes(_path + ".tmp", plan.ToJson());
            File.Move(_path + ".tmp", _path, overwrite: true);
            _matched = new int[plan.Rules.Length];
            _fired = new int[plan.Rules.Length];
            Volatile.Write(ref _plan, plan);
        }
    }

    /// <summary>The rules that fire for a call, "POST /v1/files".</summary>
    public List<FaultRule> For(string method, string path)
    {
        if (Volatile.Read(ref _plan).Rules.IsEmpty)
        {
            return [];
        }

        string call = path.Length == 0 ? method : $"{method} {path}";
        var firing = new List<FaultRule>();
        lock (_lock)
        {
            for (int i = 0; i < _plan.Rules.Length; i++)
            {
                FaultRule rule = _plan.Rules[i];
                bool anyMethod = rule.Match.StartsWith("* ", StringComparison.Ordinal) && path.Length > 0;
                if ((anyMethod ? rule with { Match = method + rule.Match[1..] } : rule).Matches(call) && Fires(rule, i, ++_matched[i]))
                {
                    _fired[i]++;
                    firing.Add(rule);
                }
            }
        }

        return firing;
    }

    /// <summary>The error with which a trained job fails; null for none.</summary>
    public JobError? ForJob() => For("JOB", "").Count > 0
        ? new JobError("moderation_failed", "The fine-tuned model did not pass the safety evaluation after training.", Param: null)
        : null;

    private bool Fires(FaultRule rule, int index, int call)
    {
        if (rule.Times is { } times && _fired[index] >= times)
        {
            return false;
        }

        if (!rule.Calls.IsEmpty)
        {
            return rule.Calls.Contains(call);
        }

        return rule.Probability is not { } probability
            || new StableRandom(unchecked((_plan.Seed * 1_000_003) + (index * 7919) + (call * 104_729L))).NextDouble() < probability;
    }
}
