using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Faults;

/// <summary>
/// Many short Jobs at once on a server that is killed meanwhile, half of them Indexed. Each pod leaves a mark on the
/// machine, a file of its uid; so what ran is known beside what was counted.
/// </summary>
internal sealed class JobStorm(Cluster cluster, string marks, int jobs, int kills)
{
    public const int PodsOfJob = 4;

    private const string Jobs = "/apis/batch/v1/namespaces/default/jobs";
    private const string Pods = "/api/v1/namespaces/default/pods";
    private const int Creators = 4;

    /// <summary>containerd's word for a start that it gave up when the command may have run already: the one failure
    /// that a kill may cause, as nobody knows whether to run the command again.</summary>
    private const string CutWhileItRan = "StartError 128 failed to start containerd task ";

    private static readonly TimeSpan BoundOfJob = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BoundAtLeast = TimeSpan.FromMinutes(5);

    private readonly HashSet<string> _complete = [];
    private IReadOnlyList<string> _failures = [];

    /// <summary>From the first request to the last Job's end.</summary>
    public TimeSpan Took { get; private set; }

    /// <summary>Makes the Jobs, kills the server each time when another share of them is complete, and waits for the
    /// rest.</summary>
    public async Task RunAsync()
    {
        using var api = cluster.Api();
        var watch = Stopwatch.StartNew();
        var creators = Enumerable.Range(0, Creators).Select(creator => CreateAsync(api, creator)).ToList();
        for (var kill = 1; kill <= kills; kill++)
        {
            await UntilCompleteAsync(api, jobs * kill / (kills + 1));
            await cluster.KillServerAsync();
            await cluster.StartServerAsync();
        }

        await Task.WhenAll(creators);
        await UntilCompleteAsync(api, jobs);
        Took = watch.Elapsed;
    }

    /// <summary>What was counted wrongly, or ran without being counted; one line each.</summary>
    public async Task<IReadOnlyList<string>> ProblemsAsync()
    {
        using var api = cluster.Api();
        var problems = new List<string>();
        var list = (await api.GetAsync(Jobs))["items"]!.AsArray();
        if (list.Count != jobs)
        {
            problems.Add($"there are {list.Count} Jobs, {jobs} were made");
        }

        var pods = (await api.GetAsync(Pods))["items"]!.AsArray();
        var byJob = pods.ToLookup(pod => OwnerOf(pod!));
        problems.AddRange(list.Select(job => ProblemOf(job!, [.. byJob[NameOf(job!)].Select(PhaseOf)]))
            .OfType<string>());
        var ran = Directory.EnumerateFiles(marks).Select(path => Path.GetFileName(path)).ToHashSet();
        var succeeded = pods.Where(pod => PhaseOf(pod) == "Succeeded").Select(pod => UidOf(pod!)).ToHashSet();
        problems.AddRange(ran.Except(pods.Select(pod => UidOf(pod!))).Select(uid => $"{uid} ran, and is not there"));
        problems.AddRange(succeeded.Except(ran).Select(uid => $"{uid} has succeeded, and never ran"));
        _failures = [.. pods.Where(pod => PhaseOf(pod) == "Failed").Select(pod => WhyFailed(pod!))];
        problems.AddRange(_failures.Where(why => !why.Contains(CutWhileItRan, StringComparison.Ordinal))
            .Select(why => $"a pod has failed: {why}"));
        return problems;
    }

    public string Figures(string runtime) => string.Create(CultureInfo.InvariantCulture,
        $"{jobs} jobs of {PodsOfJob} pods, {runtime}, {kills} kills: {Took.TotalSeconds:0.0} s, "
        + $"{jobs / Took.TotalSeconds:0.0} jobs/s, {jobs * PodsOfJob / Took.TotalSeconds:0.0} pods/s, "
        + $"{_failures.Count} failed pods were replaced {string.Join("; ", _failures.Distinct())}");

    /// <summary>Each success counts once, and so does each failure.</summary>
    private static string? ProblemOf(JsonNode job, IReadOnlyList<string> phases)
    {
        var status = job["status"]!;
        var isIndexed = job["spec"]!["completionMode"]!.GetValue<string>() == "Indexed";
        var (succeeded, failed) = (status["succeeded"]?.GetValue<int>() ?? 0, status["failed"]?.GetValue<int>() ?? 0);
        var isRight = succeeded == PodsOfJob && phases.Count == PodsOfJob + failed
            && phases.Count(phase => phase == "Succeeded") == succeeded
            && phases.Count(phase => phase == "Failed") == failed
            && status["completedIndexes"]?.GetValue<string>() == (isIndexed ? $"0-{PodsOfJob - 1}" : null);
        return isRight ? null : $"{NameOf(job)} with pods {string.Join(' ', phases)}: {status.ToJsonString()}";
    }

    private static string WhyFailed(JsonNode pod)
    {
        var status = pod["status"]!;
        var ended = status["containerStatuses"]?[0]?["state"]?["terminated"];
        return $"{status["reason"]} {status["message"]} {ended?["reason"]} {ended?["exitCode"]} {ended?["message"]}";
    }

    /// <summary>A request that the server's death cut is made again; that it was made is answered with 409.</summary>
    private async Task CreateAsync(ApiClient api, int creator)
    {
        for (var number = creator; number < jobs; number += Creators)
        {
            var body = Manifest(number);
            await Eventually.HoldsAsync($"Job {number} to be made", async () =>
            {
                try
                {
                    var answer = await api.SendAsync(HttpMethod.Post, Jobs, body, "application/json");
                    return (int)answer.Code is 201 or 409;
                }
                catch (Exception cut) when (cut is HttpRequestException or IOException or OperationCanceledException)
                {
                    return false;
                }
            }, Bound);
        }
    }

    private TimeSpan Bound => BoundAtLeast + (BoundOfJob * jobs);

    private async Task UntilCompleteAsync(ApiClient api, int count) => await Eventually.BecomesAsync(
        $"{count} complete Jobs\n{cluster.LogTail()}", async () =>
        {
            foreach (var job in (await api.GetAsync(Jobs))["items"]!.AsArray())
            {
                var conditions = job!["status"]?["conditions"]?.AsArray() ?? [];
                if (conditions.Any(each => each!["type"]!.GetValue<string>() == "Complete"))
                {
                    _complete.Add(NameOf(job));
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200));
            return _complete.Count;
        }, complete => complete >= count, Bound);

    private string Manifest(int number) => new JsonObject
    {
        ["apiVersion"] = "batch/v1",
        ["kind"] = "Job",
        ["metadata"] = new JsonObject { ["name"] = $"short-{number}" },
        ["spec"] = new JsonObject
        {
            ["completions"] = PodsOfJob,
            ["parallelism"] = PodsOfJob,
            ["completionMode"] = number % 2 == 0 ? "NonIndexed" : "Indexed",
            ["template"] = new JsonObject
            {
                ["spec"] = new JsonObject
                {
                    ["restartPolicy"] = "Never",
                    ["volumes"] = new JsonArray(new JsonObject
                    {
                        ["name"] = "marks", ["hostPath"] = new JsonObject { ["path"] = marks },
                    }),
                    ["containers"] = new JsonArray(new JsonObject
                    {
                        ["name"] = "main",
                        ["image"] = "busybox:1.35",
                        ["command"] = new JsonArray("sh", "-c", $"echo ran >>{marks}/$POD"),
                        ["env"] = new JsonArray(new JsonObject
                        {
                            ["name"] = "POD",
                            ["valueFrom"] = new JsonObject
                            {
                                ["fieldRef"] = new JsonObject { ["fieldPath"] = "metadata.uid" },
                            },
                        }),
                        ["volumeMounts"] = new JsonArray(new JsonObject
                        {
                            ["name"] = "marks", ["mountPath"] = marks,
                        }),
                    }),
                },
            },
        },
    }.ToJsonString();

    private static string NameOf(JsonNode item) => item["metadata"]!["name"]!.GetValue<string>();

    private static string PhaseOf(JsonNode? pod) => pod!["status"]!["phase"]!.GetValue<string>();

    private static string UidOf(JsonNode item) => item["metadata"]!["uid"]!.GetValue<string>();

    private static string OwnerOf(JsonNode pod) =>
        pod["metadata"]!["ownerReferences"]![0]!["name"]!.GetValue<string>();
}
