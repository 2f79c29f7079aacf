using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using FineTuneFlow.Tests;
using FineTuneFlow.Trainer.Contract;

namespace FineTuneFlow.Trainer.Tests.Contract;

/// <summary>An execution whose inputs and outputs are blobs, as in a container job, against the storage emulator.</summary>
public sealed class BlobExecutionTests(Azurite azurite) : IAsyncLifetime
{
    private readonly TinyWork _work = new();
    private readonly BlobContainerClient _container = new(azurite.ConnectionString, Azurite.NewContainer());

    public async ValueTask InitializeAsync()
    {
        await _container.CreateAsync();
        foreach (string variable in new[] { "FTF_TRAIN", "FTF_VALIDATION", "FTF_TEXTS", "FTF_LABELS" })
        {
            string file = _work.Variables[variable];
            await _container.GetBlobClient(Path.GetFileName(file)).UploadAsync(file);
            _work.Variables[variable] = Address(Path.GetFileName(file));
        }

        _work.Variables["FTF_OUTPUT"] = Address("out");
    }

    [Fact]
    public async Task All_files_of_the_contract_come_to_the_output_and_the_state_goes()
    {
        (await RunAsync()).ShouldBe(ExitCode.Succeeded, _work.Console.ToString());

        List<string> written = await WrittenAsync();
        string[] expected = ["progress.json", "metrics.csv", "predictions.jsonl", "result.json", "model/model.onnx", "model/model.int8.onnx", "model/model.safetensors", "model/config.json",
            "model/tokenizer.json", "model/vocab.txt", "model/encoder.json", "model/README.md"];
        expected.Except(written).ShouldBeEmpty();
        written.ShouldNotContain(name => name.StartsWith("checkpoint/", StringComparison.Ordinal));
        (await TextAsync("predictions.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(12);
        (await TextAsync("result.json")).ShouldContain("succeeded");
        (await _container.GetBlobClient("out/progress.json").GetPropertiesAsync()).Value.LeaseState.ShouldBe(LeaseState.Available, "the lease is given back");
    }

    [Fact]
    public async Task Going_on_from_an_earlier_encoder_takes_its_folder_from_the_storage()
    {
        (await RunAsync()).ShouldBe(ExitCode.Succeeded, _work.Console.ToString());
        _work.Variables["FTF_CONTINUE_FROM"] = Address("out/model");
        _work.Variables["FTF_OUTPUT"] = Address("second");
        _work.Variables["FTF_EPOCHS"] = "1";

        (await RunAsync()).ShouldBe(ExitCode.Succeeded, _work.Console.ToString());

        (await _container.GetBlobClient("second/model/model.onnx").ExistsAsync()).Value.ShouldBeTrue();
    }

    [Fact]
    public async Task While_one_execution_holds_the_lease_another_ends_at_once()
    {
        await using var other = Open(Address("out"));
        (await other.TakeAsync(CancellationToken.None)).ShouldBeTrue();

        (await RunAsync()).ShouldBe(ExitCode.Taken);

        (await WrittenAsync()).ShouldBe(["progress.json"]);
    }

    [Fact]
    public async Task An_execution_that_has_lost_its_lease_writes_nothing_more()
    {
        BlobStorage loser = Open(Address("out"));
        (await loser.TakeAsync(CancellationToken.None)).ShouldBeTrue();
        await _container.GetBlobClient("out/progress.json").GetBlobLeaseClient().BreakAsync(TimeSpan.Zero);
        BlobStorage winner = Open(Address("out"));
        (await winner.TakeAsync(CancellationToken.None)).ShouldBeTrue();

        // The work finds out where it first tells its progress.
        (await _work.RunAsync(open: _ => new Taken(loser))).ShouldBe(ExitCode.Taken, _work.Console.ToString());

        (await WrittenAsync()).ShouldBe(["progress.json"]);
        await winner.DisposeAsync();
        (await RunAsync()).ShouldBe(ExitCode.Succeeded, "the next one takes over");
    }

    [Fact]
    public async Task An_execution_that_was_stopped_is_gone_on_with_from_the_state_in_the_storage()
    {
        _work.Variables["FTF_CHECKPOINT_SECONDS"] = "0";
        using var stop = new CancellationTokenSource();
        (await _work.RunAsync(address => new Stopping(Open(address), stop), stop.Token)).ShouldBe(ExitCode.Unavailable, _work.Console.ToString());
        string state = await TextAsync("checkpoint/state.json");
        state.ShouldContain("\"step\"");
        (await TextAsync("result.json")).ShouldContain("unavailable");

        (await RunAsync()).ShouldBe(ExitCode.Succeeded, _work.Console.ToString());

        (await TextAsync("result.json")).ShouldContain("succeeded");
        (await WrittenAsync()).ShouldNotContain(name => name.StartsWith("checkpoint/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_input_that_is_not_there_and_a_storage_that_cannot_be_reached_are_told_apart()
    {
        _work.Variables["FTF_TEXTS"] = Address("nothing.jsonl");
        (await RunAsync()).ShouldBe(ExitCode.InvalidInput);
        (await TextAsync("result.json")).ShouldContain("nothing.jsonl");

        // Nobody listens at the discard port.
        var nowhere = new BlobClientOptions { Retry = { MaxRetries = 0 } };
        ExitCode code = await _work.RunAsync(open: address => new BlobStorage(
            new Uri(address), blob => new BlobClient(new UriBuilder(blob) { Port = 9 }.Uri, nowhere), container => new BlobContainerClient(container, nowhere)));
        code.ShouldBe(ExitCode.Unavailable);
        _work.Console.ToString().ShouldContain("Storage Blob Data Contributor");
    }

    public async ValueTask DisposeAsync()
    {
        await _container.DeleteAsync();
        _work.Dispose();
    }

    private Task<ExitCode> RunAsync() => _work.RunAsync(open: Open);

    private string Address(string name) => $"{_container.Uri.AbsoluteUri}/{name}";

    /// <summary>With the emulator's key instead of an identity.</summary>
    private BlobStorage Open(string output) => new(
        new Uri(output), address => _container.GetBlobClient(address.AbsoluteUri[(_container.Uri.AbsoluteUri.Length + 1)..]), _ => _container);

    private async Task<List<string>> WrittenAsync()
    {
        var names = new List<string>();
        await foreach (BlobItem blob in _container.GetBlobsAsync(new GetBlobsOptions { Prefix = "out/" }))
        {
            names.Add(blob.Name["out/".Length..]);
        }

        return names;
    }

    private async Task<string> TextAsync(string file) => (await _container.GetBlobClient($"out/{file}").DownloadContentAsync()).Value.Content.ToString();

    /// <summary>A storage that was taken before the execution began, as by one that has slept for minutes.</summary>
    private sealed class Taken(BlobStorage inner) : Passing(inner)
    {
        public override Task<bool> TakeAsync(CancellationToken cancellation) => Task.FromResult(true);
    }

    /// <summary>Asks the execution to stop once it has published its first state.</summary>
    private sealed class Stopping(BlobStorage inner, CancellationTokenSource stop) : Passing(inner)
    {
        public override async Task PublishAsync(string file, CancellationToken cancellation)
        {
            await base.PublishAsync(file, cancellation);
            if (file == $"{OutputFiles.Checkpoint}/state.json")
            {
                await stop.CancelAsync();
            }
        }
    }

    private abstract class Passing(BlobStorage inner) : IWorkStorage
    {
        public string Folder => inner.Folder;

        public virtual Task<bool> TakeAsync(CancellationToken cancellation) => inner.TakeAsync(cancellation);

        public Task<string> InputAsync(string address, CancellationToken cancellation) => inner.InputAsync(address, cancellation);

        public Task<string> InputFolderAsync(string address, CancellationToken cancellation) => inner.InputFolderAsync(address, cancellation);

        public virtual Task PublishAsync(string file, CancellationToken cancellation) => inner.PublishAsync(file, cancellation);

        public Task<bool> FetchAsync(string file, CancellationToken cancellation) => inner.FetchAsync(file, cancellation);

        public Task RemoveAsync(string file, CancellationToken cancellation) => inner.RemoveAsync(file, cancellation);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
