using System.Text.RegularExpressions;
using System.Xml.Linq;
using FineTuneFlow.Tests;

namespace FineTuneFlow.Functions.Tests.Deployment;

/// <summary>The trainer's image against the projects that it is built from, and the workflow that builds it.</summary>
public sealed partial class TrainerImageTests
{
    private static readonly string Dockerfile = Repository.Read("src", "FineTuneFlow.Trainer", "Dockerfile");

    [Fact]
    public void The_image_is_given_every_project_that_the_trainer_needs()
    {
        string[] copied = [.. CopiedProject().Matches(Dockerfile).Select(m => m.Groups[1].Value)];

        copied.ShouldBe(Needed(), ignoreOrder: true);
    }

    /// <summary>A file of another folder that a project embeds would be missing in the image's build.</summary>
    [Fact]
    public void The_image_is_given_every_file_that_these_projects_take_from_elsewhere()
    {
        foreach (string project in Needed())
        {
            string[] outside = [.. ProjectFile(project).Descendants("EmbeddedResource")
                .Select(item => item.Attribute("Include")?.Value ?? "").Where(path => path.StartsWith("../../", StringComparison.Ordinal)).Select(path => path[6..])];

            outside.ShouldAllBe(path => Dockerfile.Contains($"COPY {path} ", StringComparison.Ordinal), project);
        }
    }

    /// <summary>On a machine the trainer is built again where one of its sources is newer.</summary>
    [Fact]
    public void The_script_watches_every_project_that_the_trainer_needs()
    {
        string script = Repository.Read("src", "FineTuneFlow.Trainer", "train.sh");

        Needed().Where(project => project != "FineTuneFlow.Trainer").ShouldAllBe(project => script.Contains($"\"$root/src/{project}\"", StringComparison.Ordinal));
    }

    [Fact]
    public void The_workflow_builds_the_image_for_processors_and_for_gpus()
    {
        string ci = Repository.Read(".github", "workflows", "ci.yml");

        ci.ShouldContain("torch: [cpu, cuda]");
        ci.ShouldContain("docker build -f src/FineTuneFlow.Trainer/Dockerfile --build-arg TORCH=${{ matrix.torch }}");
        string targets = Repository.Read("src", "FineTuneFlow.Trainer", "Build", "Torch.targets");
        targets.ShouldContain("'$(Torch)' == 'cpu'");
        targets.ShouldContain("'$(Torch)' == 'cuda'");
    }

    /// <summary>The trainer's project and all that it refers to, in one or several steps.</summary>
    private static SortedSet<string> Needed()
    {
        SortedSet<string> found = new(StringComparer.Ordinal);
        Queue<string> open = new(["FineTuneFlow.Trainer"]);
        while (open.TryDequeue(out string? project))
        {
            if (found.Add(project))
            {
                foreach (XElement reference in ProjectFile(project).Descendants("ProjectReference"))
                {
                    open.Enqueue(Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
                }
            }
        }

        found.Count.ShouldBeGreaterThan(1);
        return found;
    }

    private static XDocument ProjectFile(string project) => XDocument.Load(Repository.PathOf("src", project, $"{project}.csproj"));

    [GeneratedRegex(@"^COPY src/(\S+) src/\1$", RegexOptions.Multiline)]
    private static partial Regex CopiedProject();
}
