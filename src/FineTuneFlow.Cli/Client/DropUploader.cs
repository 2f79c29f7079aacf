using FineTuneFlow.Cli.Commands;
using FineTuneFlow.Cli.Output;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Cli.Client;

/// <summary>Sends a CSV to a host.</summary>
internal static class DropUploader
{
    /// <param name="host">Where to.</param>
    /// <param name="terminal">Shows the progress of a large file.</param>
    /// <param name="project">Of which project.</param>
    /// <param name="csv">Path of the file.</param>
    /// <param name="recipe">Path of a recipe; null: the project's.</param>
    public static async Task<StartedRun> SendAsync(
        HostClient host, Terminal terminal, string project, string csv, string? recipe, CancellationToken cancellation)
    {
        // Wrong paths and recipes are told before anything is sent.
        using DataInput data = DataInput.Open(csv, "CSV");
        _ = RecipeFile.Read(recipe);
        using var form = new MultipartFormDataContent();
        using var name = new StringContent(project);
        form.Add(name, "project");
        if (recipe is not null)
        {
            form.Add(new ByteArrayContent(await File.ReadAllBytesAsync(recipe, cancellation)), "recipe", Path.GetFileName(recipe));
        }

        using ProgressLine progress = terminal.Progress($"Sending {data.Name}", "bytes");
        await using var file = new ProgressStream(RecipeFile.Open(data.Path), progress);
        form.Add(new StreamContent(file, 128 * 1024), "file", data.Name == "stdin" ? "stdin.csv" : data.Name);
        return await host.PostFormAsync<StartedRun>("runs", form, cancellation);
    }
}
