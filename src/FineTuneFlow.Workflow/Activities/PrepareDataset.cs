using System.Collections.Immutable;
using System.IO.Compression;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>CSV to cleaned, split JSON lines with manifest, profile and rejects. Worked on in a local folder and stored whole, the
/// manifest last: a stored manifest means a whole data set.</summary>
public sealed class PrepareDataset(IBlobStore store, IntakeOptions intake) : IActivity<PrepareDatasetInput, PreparedData>
{
    public async Task<PreparedData> RunAsync(PrepareDatasetInput input, CancellationToken cancellation)
    {
        BlobPath manifest = RunPaths.Manifest(input.Run.RunId);
        if (await store.FindJsonAsync<Manifest>(manifest, cancellation) is { } done)
        {
            return Refer(input.Run.RunId, done.Value);
        }

        string folder = Directory.CreateTempSubdirectory("ftf-prepare-").FullName;
        try
        {
            return Refer(input.Run.RunId, await Prepare(input.Run, input.Plan, folder, cancellation));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<Manifest> Prepare(RunInput input, RunPlan plan, string folder, CancellationToken cancellation)
    {
        Recipe recipe = await RunRecipes.ReadAsync(store, input.RunId, cancellation);
        string name = input.Drop.Path.Split('/')[^1];
        string source = Path.Combine(folder, "source");
        await Download(input.Drop, source, cancellation);
        string output = Path.Combine(folder, "dataset");
        Manifest manifest = DatasetPreparation.Prepare(
            new PreparationRequest
            {
                SourceName = name,
                Open = () => File.OpenRead(source),
                Recipe = intake.Within(recipe.Dataset),
                Forms = [.. Forms(recipe, plan)],
                OutputDirectory = output,
            },
            cancellation);
        if (manifest.Source.Sha256 != input.Drop.Sha256)
        {
            throw new FlowException(
                FailureKind.DropChanged,
                $"{input.Drop.Path} was overwritten after the run was started",
                "Its new content is a run of its own, which starts by itself; drop the old file under another name to run it too");
        }

        // Forms are made of the rows, uploaded once and seldom looked at.
        HashSet<string> forms = [.. manifest.Files.Where(f => f.Form != DatasetFiles.RowsForm).Select(f => f.Name)];
        // The manifest goes last: what is stored before it without it is stored again.
        foreach (string file in Directory.EnumerateFiles(output).OrderBy(f => Path.GetFileName(f) == DatasetFiles.Manifest).ThenBy(f => f, StringComparer.Ordinal))
        {
            BlobPath target = RunPaths.Dataset(input.RunId, Path.GetFileName(file));
            bool packs = forms.Contains(Path.GetFileName(file));
            await using FileStream content = packs ? await PackAsync(file, Path.Combine(folder, "packed"), cancellation) : File.OpenRead(file);
            await store.WriteAsync(packs ? Packed(target) : target, content, cancellation: cancellation);
        }

        return manifest;
    }

    /// <summary>By way of a file, since the form of a large data set is large packed as well.</summary>
    private static async Task<FileStream> PackAsync(string file, string target, CancellationToken cancellation)
    {
        FileStream packed = File.Create(target);
        await using (FileStream content = File.OpenRead(file))
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await content.CopyToAsync(gzip, cancellation);
        }

        packed.Position = 0;
        return packed;
    }

    private async Task Download(BlobRef drop, string file, CancellationToken cancellation)
    {
        await using BlobRead? blob = await store.OpenAsync(BlobPath.Parse(drop.Path), cancellation);
        if (blob is null)
        {
            throw new FlowException(FailureKind.NotFound, $"{drop.Path} is not there any more", "Drop the file again");
        }

        await using FileStream copy = File.Create(file);
        await blob.Content.CopyToAsync(copy, cancellation);
    }

    /// <summary>Of what is trained; a continuation has the form of its base model, which only the plan knows.</summary>
    private static IEnumerable<TrainingForm> Forms(Recipe recipe, RunPlan plan) =>
        plan.Candidates.Where(c => c.Trains)
            .Select(c => RunRecipes.FormOf(recipe.Candidates.First(r => r.Name == c.Name), c.Model))
            .DistinctBy(f => f.Key);

    private static BlobPath Packed(BlobPath path) => BlobPath.Of(path.Container, path.Name + BlobStoreJson.PackedEnding);

    /// <summary>Hash and length are those of the unpacked content, as the manifest tells them and the service gets it.</summary>
    private static PreparedData Refer(string runId, Manifest manifest) => new(
        [
            .. manifest.Files.Where(f => f.Form != DatasetFiles.RowsForm)
                .Select(f => new DatasetFile(f.Form, f.Split, new BlobRef(Packed(RunPaths.Dataset(runId, f.Name)).ToString(), f.Sha256, f.Bytes))),
        ],
        manifest.Rows.Train,
        manifest.Rows.Validation,
        manifest.Rows.Test);
}

public sealed record PrepareDatasetInput(RunInput Run, RunPlan Plan);

/// <param name="Files">Upload forms of train and validation.</param>
/// <param name="Train">Rows.</param>
/// <param name="Validation">Rows.</param>
/// <param name="Test">Rows.</param>
public sealed record PreparedData(ImmutableArray<DatasetFile> Files, long Train, long Validation, long Test)
{
    /// <exception cref="FlowException">InvalidInput: the split is larger than what one job takes.</exception>
    public DatasetFile File(string form, Split split)
    {
        DatasetFile[] files = [.. Files.Where(f => f.Form == form && f.Split == split)];
        return files.Length == 1
            ? files[0]
            : throw new FlowException(
                FailureKind.InvalidInput,
                $"The {split.ToString().ToLowerInvariant()} split takes {files.Length} files in the form {form}; a job takes one",
                "Train on fewer rows, for example with a filter or balance undersample");
    }
}
