using System.Text.Json;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Workflow.Containers;

/// <summary>Writes the judged rows for a container: ids and texts, never a label or a slice.</summary>
public static class ContainerTexts
{
    /// <summary>One line <c>{"id":…,"text":…}</c> a row, in the rows' order.</summary>
    public static void Write(Stream jsonl, IEnumerable<DatasetRow> rows)
    {
        using var writer = new Utf8JsonWriter(jsonl, new JsonWriterOptions { Encoder = FlowJson.Compact.Encoder });
        foreach (DatasetRow row in rows)
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, row.Id);
            writer.WriteString("text"u8, row.Text);
            writer.WriteEndObject();
            writer.Flush();
            writer.Reset();
            jsonl.Write("\n"u8);
        }
    }
}
