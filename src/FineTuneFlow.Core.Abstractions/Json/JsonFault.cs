using System.Text.Json;

namespace FineTuneFlow.Core.Json;

/// <summary>What the reader of JSON says is wrong, for a message that names the place itself.</summary>
public static class JsonFault
{
    /// <summary>The exception's sentence without path, line and full stop; its lines are counted from 0.</summary>
    public static string SentenceOf(JsonException fault) => fault.Message.Split(" Path:")[0].Split(" LineNumber:")[0].TrimEnd('.');
}
