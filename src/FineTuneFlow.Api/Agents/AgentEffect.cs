namespace FineTuneFlow.Api.Agents;

/// <summary>What a call of a tool changes, by which agents decide whether they may repeat it.</summary>
internal enum AgentEffect
{
    /// <summary>Nothing.</summary>
    Reads,

    /// <summary>Something, once: the same call again finds what the first has made.</summary>
    MakesOnce,

    /// <summary>Every call may cost something, the same one repeated as well.</summary>
    CostsEachTime,
}
