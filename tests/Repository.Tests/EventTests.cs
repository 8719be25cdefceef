using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using ActorOrchestrator.Actors.Serialization;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Repository.Tests;

/// <summary>
/// The log outlives every release: each journaled event has a manifest, and one sample of it as it was written, which
/// must be readable, and be written the same way, for ever.
/// </summary>
public sealed class EventTests
{
    private const string Golden = "tests/ActorOrchestrator.Actors.Tests/Golden";

    [Fact]
    public void Every_journaled_event_has_one_manifest()
    {
        var formats = EventFormats.All.Select(format => format.Type).ToList();
        Rule.Holds("a journaled event stands once in EventFormats",
            from type in typeof(DomainEvent).Assembly.GetTypes()
            where type.IsSubclassOf(typeof(DomainEvent)) && !type.IsAbstract
            let scope = ((DomainEvent)RuntimeHelpers.GetUninitializedObject(type)).Scope
            let expected = scope == EventScope.Volatile ? 0 : 1
            where formats.Count(format => format == type) != expected
            select $"{type.FullName} ({scope})");
    }

    [Fact]
    public void Manifests_are_unique_and_carry_a_version() =>
        Rule.Holds("a manifest is like object-created.v1",
            from format in EventFormats.All
            where !System.Text.RegularExpressions.Regex.IsMatch(format.Manifest, "^[a-z-]+\\.v[0-9]+$")
                || EventFormats.All.Count(other => other.Manifest == format.Manifest) > 1
            select format.Manifest);

    [Fact]
    public void Every_manifest_has_a_golden_sample_that_is_read_and_written_unchanged() =>
        Rule.Holds($"a sample in {Golden}: {{\"resource\": …, \"payload\": …}}",
            from format in EventFormats.All
            let problem = ProblemOf(format)
            where problem is not null
            select $"{format.Manifest}: {problem}");

    [Fact]
    public void Every_golden_sample_belongs_to_a_manifest() =>
        Rule.Holds("a manifest that was ever written stays readable",
            from path in RepositoryFiles.In(Golden)
            let manifest = Path.GetFileNameWithoutExtension(path)
            where EventFormats.All.All(format => format.Manifest != manifest)
            select manifest);

    private static string? ProblemOf(EventFormat format)
    {
        var path = $"{Golden}/{format.Manifest}.json";
        if (!RepositoryFiles.All.Contains(path))
        {
            return "there is no sample";
        }

        var sample = JsonNode.Parse(RepositoryFiles.Read(path))!;
        var payload = sample["payload"]!;
        var read = EventCodec.Decode(
            sample["resource"]!.GetValue<string>(), format.Manifest,
            System.Text.Encoding.UTF8.GetBytes(payload.ToJsonString()));
        if (read.GetType() != format.Type)
        {
            return $"is read as {read.GetType().Name}";
        }

        var (manifest, written) = EventCodec.Encode(read);
        var again = JsonNode.Parse(written.Span);
        if (manifest != format.Manifest)
        {
            return $"is written as {manifest}";
        }

        return JsonNode.DeepEquals(payload, again) ? null : $"is written as {again?.ToJsonString()}";
    }
}
