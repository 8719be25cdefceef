using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

/// <summary>The repository's examples, read, defaulted and validated as the gateway does it.</summary>
public sealed class ExampleTests
{
    private const string Incomplete = "incomplete-deployment.yaml";

    public static TheoryData<string> Good =>
    [
        .. Directory.GetFiles(Folder(), "*.yaml")
            .Select(path => Path.GetFileName(path))
            .Where(name => name != Incomplete),
    ];

    [Theory]
    [MemberData(nameof(Good))]
    public void An_example_is_valid(string file)
    {
        var objects = Read(file);
        Assert.NotEmpty(objects);
        foreach (var @object in objects)
        {
            Manifests.AssertErrors("", Validator.Validate(@object));
            Manifests.AssertErrors("", Validator.ValidateUpdate(@object, @object));
        }
    }

    [Fact]
    public void The_incomplete_example_is_told_every_missing_field() => Assert.Equal(
        ["metadata.name", "spec.selector", "spec.template.metadata.labels"],
        Validator.Validate(Assert.Single(Read(Incomplete))).Select(error => error.Field));

    private static IReadOnlyList<KubeObject> Read(string file) =>
    [
        .. KubeYaml.ToJson(File.ReadAllText(Path.Combine(Folder(), file)))
            .Select(json => Defaults.Apply(InNamespace(KubeJson.ReadObject(json)))),
    ];

    private static KubeObject InNamespace(KubeObject @object) =>
        KindRegistry.Of(@object).Namespaced && @object.Metadata.Namespace is null
            ? @object with { Metadata = @object.Metadata with { Namespace = "default" } }
            : @object;

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ActorOrchestrator.sln")))
        {
            folder = folder.Parent;
        }

        Assert.NotNull(folder);
        return Path.Combine(folder.FullName, "examples");
    }
}
