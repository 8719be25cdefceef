using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Repository.Tests;

public sealed class ExampleTests
{
    [Fact]
    public void Examples_are_written_in_fields_that_exist() =>
        Rule.Holds("an example decodes strictly",
            from path in RepositoryFiles.In("examples")
            from json in KubeYaml.ToJson(RepositoryFiles.Read(path))
            let problem = ProblemOf(json)
            where problem is not null
            select $"{path}: {problem}");

    private static string? ProblemOf(byte[] json)
    {
        var (apiVersion, kind) = KubeJson.PeekType(json);
        if (KindRegistry.Find(apiVersion, kind) is not { } resource)
        {
            return $"there is no kind {apiVersion}/{kind}";
        }

        return KubeJson.Decode(json, resource, FieldValidation.Strict) is DecodeOutcome.Refused refused
            ? refused.Message
            : null;
    }
}
