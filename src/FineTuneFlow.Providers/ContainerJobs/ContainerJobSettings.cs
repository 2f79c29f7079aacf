using System.Collections.Immutable;
using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Providers.BlobStorage;
using FineTuneFlow.Workflow.Ports;
using Microsoft.Extensions.Configuration;

namespace FineTuneFlow.Providers.ContainerJobs;

/// <summary>The settings <c>Baselines__*</c>: a Container Apps job in the cloud, a command on a machine, or neither.</summary>
public sealed record ContainerJobSettings
{
    public const string Section = "Baselines";

    private const string PackagedEncoder = "all-MiniLM-L6-v2";

    private static readonly ImmutableSortedSet<string> Known = ImmutableSortedSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Command", "WorkFolder", "Machine", "Encoder", "Subscription", "ResourceGroup", "Job", "Container", "ResourceManager", "Credential", "ClientId");

    public LocalContainerOptions? Local { get; init; }

    public AzureContainerOptions? Azure { get; init; }

    /// <summary>The setting Encoder: what is trained where a recipe names nothing and no provider trains; null: <see cref="EncoderAtHand"/> decides.</summary>
    public string? Encoder { get; init; }

    /// <summary>The encoder that can be trained at once: the setting's, else MiniLM where this machine has built the trainer, whose package holds
    /// it. Null: none.</summary>
    public string? EncoderAtHand => Encoder ?? (Azure is null && Local is { IsTrainer: true } && TrainerProgram.IsBuilt() ? PackagedEncoder : null);

    /// <summary>Whether an encoder is trained on this machine, whose folders its trainer sees.</summary>
    public bool TrainsHere(EncoderSettings encoder) =>
        Local is not null && (encoder.Where == TrainingPlace.Machine || (encoder.Where == TrainingPlace.Auto && Azure is null));

    /// <exception cref="FlowException">InvalidInput, naming the setting.</exception>
    public static ContainerJobSettings Read(IConfiguration configuration)
    {
        IConfigurationSection section = SettingNames.Flatten(configuration).GetSection(Section);
        foreach (IConfigurationSection setting in section.GetChildren().Where(setting => !Known.Contains(setting.Key)))
        {
            throw Wrong(setting.Key, "is not a setting", $"There are: {string.Join(", ", Known)}");
        }

        string? job = Given(section, "Job");
        string? command = Given(section, "Command");
        if (job is not null && command is not null)
        {
            throw Wrong("Command", "and Job are both set", "Set Job for a Container Apps job, or Command for a program on this machine");
        }

        string? encoder = Given(section, "Encoder");
        if (encoder is not null && job is null && command is null && TrainerProgram.Find() is null)
        {
            throw Wrong("Encoder", "names a model, and there is no trainer", "Set Command or Job as well, or start the host in a checkout");
        }

        return new ContainerJobSettings
        {
            Encoder = encoder,
            Azure = job is null ? null : ReadAzure(section, job, StorageOptions.Read(configuration)),
            Local = command is not null || TrainerProgram.Find() is not null
                ? new LocalContainerOptions
                {
                    Command = command is null ? ["/bin/sh", TrainerProgram.Find()!] : Split(command),
                    IsTrainer = command is null,
                    WorkFolder = Given(section, "WorkFolder") ?? Path.Combine(".finetuneflow", "baselines"),
                    Machine = job is null ? Given(section, "Machine") ?? "local" : "local",
                }
                : null,
        };
    }

    private static AzureContainerOptions ReadAzure(IConfigurationSection section, string job, StorageOptions storage)
    {
        string address = Given(section, "ResourceManager") ?? "https://management.azure.com/";
        if (!Uri.TryCreate(address.EndsWith('/') ? address : address + "/", UriKind.Absolute, out Uri? manager)
            || !(manager.Scheme == "https" || (manager.Scheme == "http" && manager.IsLoopback)))
        {
            throw Wrong("ResourceManager", $"is \"{address}\", which is not an https address", "Leave it out for the public cloud");
        }

        return new AzureContainerOptions
        {
            ResourceManager = manager,
            Subscription = Given(section, "Subscription") ?? throw Wrong("Subscription", "is not set", "Set the id of the job's subscription"),
            ResourceGroup = Given(section, "ResourceGroup") ?? throw Wrong("ResourceGroup", "is not set", "Set the job's resource group"),
            Job = job,
            Container = Given(section, "Container"),
            Machine = Given(section, "Machine") ?? "t4",
            Credential = Given(section, "Credential"),
            ClientId = Given(section, "ClientId"),
            BlobService = storage.BlobServiceUri ?? throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                "A container job reads the data set by its own identity, and the storage is set by a connection string",
                "Set the blob service's address, such as https://ACCOUNT.blob.core.windows.net",
                Field: $"{StorageOptions.Section}__blobServiceUri")),
        };
    }

    /// <summary>A command line cut at blanks; what stands in double quotes stays whole.</summary>
    internal static ImmutableArray<string> Split(string command)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        var word = new StringBuilder();
        bool quoted = false;
        bool open = false;
        foreach (char c in command)
        {
            if (c == '"')
            {
                quoted = !quoted;
                open = true;
            }
            else if (char.IsWhiteSpace(c) && !quoted)
            {
                if (open)
                {
                    words.Add(word.ToString());
                    word.Clear();
                    open = false;
                }
            }
            else
            {
                word.Append(c);
                open = true;
            }
        }

        if (open)
        {
            words.Add(word.ToString());
        }

        return quoted || words.Count == 0 ? throw Wrong("Command", "is not a command line", "Write the program and its arguments; put in double quotes what holds blanks") : words.ToImmutable();
    }

    private static string? Given(IConfigurationSection section, string name) => section[name] is { Length: > 0 } value ? value : null;

    private static FlowException Wrong(string name, string what, string remedy) =>
        new(new Failure(FailureKind.InvalidInput, $"The setting {what}", remedy, Field: $"{Section}__{name}"));
}
