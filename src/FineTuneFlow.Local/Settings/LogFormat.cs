namespace FineTuneFlow.Local.Settings;

/// <summary>How log lines are written.</summary>
public enum LogFormat
{
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,
}
