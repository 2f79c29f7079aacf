namespace FineTuneFlow.Functions.Durable;

/// <summary>A desk for events of whatever payload.</summary>
internal interface IEventDesk
{
    /// <summary>What nobody took goes to the execution that follows.</summary>
    void Continue();
}
