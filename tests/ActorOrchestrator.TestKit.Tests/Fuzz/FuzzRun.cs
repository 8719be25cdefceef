using System.Diagnostics;
using System.Text.Json.Nodes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Simulator.Checks;
using ActorOrchestrator.Simulator.Members;
using ActorOrchestrator.Simulator.Time;
using ActorOrchestrator.Simulator.Workload;

namespace ActorOrchestrator.TestKit.Tests.Fuzz;

/// <summary>
/// Sends mutated manifests to a control plane of its own, one after the other, and judges each answer: no fault of the
/// server; an error is a whole Status and changes nothing; what is accepted is valid as it is stored, and putting it
/// back as it is changes nothing.
/// </summary>
internal sealed class FuzzRun : IDisposable
{
    private const int RequestsPerObjectMin = 8;
    private const int RequestsPerObjectMax = 24;
    private const int AttemptsMax = 4;

    private static readonly string[] Scaled = ["Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"];

    /// <summary>Controllers have done what they do about a change; nothing that is due later has come.</summary>
    private static readonly TimeSpan SettleFor = TimeSpan.FromMilliseconds(500);

    /// <summary>Far longer than the slowest request takes; of real time, so that a hang is found.</summary>
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(20);

    private readonly ulong _seed;
    private readonly IReadOnlyList<JsonObject> _manifests;
    private readonly Dice _dice;
    private readonly RequestMaker _maker;
    private readonly FaultLog _faults = new();
    private readonly LoneControlPlane _plane;
    private readonly StoredObjects _stored;
    private readonly FuzzReport _report;
    private readonly List<ApiCall> _calls = [];
    private int _named;

    public FuzzRun(ulong seed, IReadOnlyList<JsonObject> manifests, FuzzReport report)
    {
        (_seed, _manifests, _report) = (seed, manifests, report);
        _dice = new Dice(seed, "fuzz");
        _maker = new RequestMaker(_dice);
        _plane = new LoneControlPlane(_faults);
        _stored = new StoredObjects(View);
    }

    private ActorOrchestrator.Actors.Views.IClusterView View => _plane.Plane.View;

    /// <summary>Sends so many requests, and a few more that look after them.</summary>
    public void Send(int requests)
    {
        try
        {
            for (var sent = 0; sent < requests;)
            {
                var manifest = _dice.Pick(_manifests);
                var about = _dice.Between(RequestsPerObjectMin, RequestsPerObjectMax);
                sent += Attack(manifest, Math.Min(requests - sent, about));
            }
        }
        catch (BusyLoopException endless)
        {
            _report.Add("it does not come to rest", Story(endless.Message));
        }
    }

    public void Dispose() => _plane.Dispose();

    /// <summary>Makes an object, and has requests about it.</summary>
    /// <returns>How many: none of an object that is gone at once, such as a pod on a node that was mutated
    /// before.</returns>
    private int Attack(JsonObject manifest, int requests)
    {
        _calls.Clear();
        var kind = KindOf(manifest);
        var host = kind.Kind switch
        {
            "Scale" => Manifest(_dice.Pick(Scaled)),
            "Eviction" or "Binding" => Manifest("Pod"),
            _ => manifest,
        };
        var hostKind = KindOf(host);
        var name = $"{hostKind.Kind.ToLowerInvariant()}-{++_named}";
        var good = Renamed(manifest, name);
        if (hostKind.IsListed)
        {
            Make(RequestMaker.Plain(hostKind, Renamed(host, name)));
        }

        _maker.Owner = Owner();
        var made = 0;
        for (; made < requests && (!hostKind.IsListed || Current(hostKind, name) is not null); made++)
        {
            Judge(Next(kind, hostKind, name, good));
        }

        return made;
    }

    /// <summary>Creates an object by a good manifest. Quotas and ranges that were mutated before may have refused it:
    /// then it is created without them.</summary>
    private void Make(ApiCall creation)
    {
        var answer = Call(creation);
        if (answer.Code is HttpCode.Forbidden or HttpCode.UnprocessableEntity && HasLimits())
        {
            Call(new ApiCall("DELETE", WorkloadContext.PathOf(
                KindRegistry.Of<ResourceQuota>(), RequestMaker.Namespace, null)));
            Call(new ApiCall("DELETE", WorkloadContext.PathOf(
                KindRegistry.Of<LimitRange>(), RequestMaker.Namespace, null)));
            _plane.Pass(SettleFor);
            answer = Call(creation);
        }

        // A finalizer may keep them.
        if (answer.Code != HttpCode.Created && !HasLimits())
        {
            _report.Add("a good manifest is refused", Story($"{answer.Code}: {answer.Text}"));
        }

        _plane.Pass(SettleFor);
    }

    /// <summary>Some object that may own others; null when there is none.</summary>
    private JsonObject? Owner()
    {
        var kind = KindOf(Manifest(_dice.Pick(["Deployment", "ReplicaSet", "ConfigMap", "Node"])));
        var objects = View.List(kind, null).Objects;
        if (objects.Count == 0)
        {
            return null;
        }

        var owner = objects.ElementAt(_dice.Below(objects.Count)).Metadata;
        return new JsonObject
        {
            ["apiVersion"] = kind.ApiVersion, ["kind"] = kind.Kind, ["name"] = owner.Name, ["uid"] = owner.Uid,
        };
    }

    private bool HasLimits() => View.List(KindRegistry.Of<ResourceQuota>(), RequestMaker.Namespace).Objects.Count > 0
        || View.List(KindRegistry.Of<LimitRange>(), RequestMaker.Namespace).Objects.Count > 0;

    private FuzzRequest Next(ResourceKind kind, ResourceKind host, string name, JsonObject good)
    {
        var stored = StoredAs(host);
        var path = WorkloadContext.PathOf(host, RequestMaker.Namespace, name);
        var collection = WorkloadContext.PathOf(kind, RequestMaker.Namespace, null);
        if (!host.IsListed)
        {
            return _maker.Post(collection, kind, null, null, Renamed(good, null));
        }

        switch (kind.Kind)
        {
            case "Scale":
                var scale = _dice.Chance(0.5) ? Shown($"{path}/scale") : good;
                return _dice.Chance(0.4)
                    ? _maker.Put($"{path}/scale", kind, stored, name, scale)
                    : _maker.Patch($"{path}/scale", kind, stored, name, scale);
            case "Binding" when _dice.Chance(0.2):
                return _maker.Post(collection, kind, stored, name, good);
            case "Eviction" or "Binding":
                return _maker.Post($"{path}/{kind.Kind.ToLowerInvariant()}", kind, stored, name, good);
        }

        var current = _dice.Chance(0.7) ? Shown(path) : good;
        if (_dice.Chance(0.5))
        {
            (current["metadata"] as JsonObject)?.Remove("resourceVersion");
        }

        return _dice.Below(48) switch
        {
            < 12 => _maker.Post(collection, kind, stored, null,
                Renamed(good, _dice.Chance(0.9) ? $"{name}-{_calls.Count}" : name)),
            < 24 => _maker.Put(path + Part(kind), kind, stored, name, current),
            < 42 => _maker.Patch(path + Part(kind), kind, stored, name, current),
            < 44 => _maker.Patch(path + "x", kind, stored, name + "x", Renamed(good, name + "x")),
            44 => _maker.DeleteAll(collection, stored, name),
            45 => _maker.ApplyAll([current, Renamed(good, name + "y"), Manifest("ConfigMap")], stored, name),
            _ => _maker.Delete(path, stored, name),
        };
    }

    /// <summary>Of the object that is written: mostly all of it, or its status, or another subresource.</summary>
    private string Part(ResourceKind kind) => kind switch
    {
        { HasStatus: true } when _dice.Chance(0.2) => "/status",
        { Kind: "Pod" } when _dice.Chance(0.3) => _dice.Chance(0.6) ? "/resize" : "/ephemeralcontainers",
        { Kind: "Namespace" } when _dice.Chance(0.2) => "/finalize",
        _ => "",
    };

    private void Judge(FuzzRequest request)
    {
        var before = Look(request);
        var answer = Call(request.Call);
        _report.Count(answer.Code);
        if (!answer.IsOk)
        {
            if (RefusalShape.Problem(answer) is { } problem)
            {
                _report.Add(problem.Split(':')[0], Story(problem));
            }

            Unchanged(request, before, answer, "an error changed something");
            return;
        }

        if (request.IsDryRun)
        {
            Unchanged(request, before, answer, "a rehearsal changed something");
            return;
        }

        _plane.Pass(SettleFor);
        foreach (var (what, story) in _stored.Look())
        {
            _report.Add(what, Story(story));
        }

        if (request.Stored is { } stored && NameIn(request, answer) is { } name && Current(stored, name) is not null)
        {
            PutBack(stored, name);
        }
    }

    private static string? NameIn(FuzzRequest request, ApiAnswer answer) =>
        request.Name ?? Read(answer)["metadata"]!["name"]!.GetValue<string>();

    private static JsonObject Read(ApiAnswer answer) => JsonTree.Node(answer.Body.Span)!.AsObject();

    /// <summary>What controllers write meanwhile is a conflict, and no fault; nor is an object that, with what the
    /// server adds, is larger than a body may be.</summary>
    private void PutBack(ResourceKind stored, string name)
    {
        for (var attempt = 1; Current(stored, name) is { } value; attempt++)
        {
            var put = new ApiCall("PUT", WorkloadContext.PathOf(stored, RequestMaker.Namespace, name))
            {
                Body = KubeJson.Encode(value),
            };
            if (put.Body.Length > KubeJson.BodyBytesMax)
            {
                return;
            }

            var answer = Call(put);
            var version = answer.IsOk ? KubeJson.ReadObject(answer.Body.Span).Metadata.ResourceVersion : null;
            if (version == value.Metadata.ResourceVersion)
            {
                return;
            }

            if (attempt == AttemptsMax || (answer.Code != HttpCode.Conflict && !answer.IsOk))
            {
                _report.Add(
                    $"{stored.Kind} cannot be put back as it is ({answer.Code})",
                    Story($"{answer.Text}\nwas {System.Text.Encoding.UTF8.GetString(put.Body.Span)}"));
                return;
            }

            _plane.Pass(SettleFor);
        }
    }

    /// <summary>Controllers write as well: only what the same request finds changed again and again, it changed.
    /// </summary>
    private void Unchanged(FuzzRequest request, Sight before, ApiAnswer answer, string problem)
    {
        for (var attempt = 1; Look(request) is var after && after.Differs(before); attempt++)
        {
            if (attempt == AttemptsMax)
            {
                _report.Add(problem, Story($"{answer.Code}: {answer.Text}\nwas {before.Object}\nis  {after.Object}"));
                return;
            }

            _plane.Pass(SettleFor);
            before = Look(request);
            answer = Call(request.Call);
        }
    }

    private Sight Look(FuzzRequest request) => request.Stored is not { } stored
        ? new Sight(View.Sequence, 0, null)
        : new Sight(
            View.Sequence, View.List(stored, null).Objects.Count,
            request.Name is { } name && Current(stored, name) is { } value
                ? System.Text.Encoding.UTF8.GetString(KubeJson.Encode(value))
                : null);

    private ApiAnswer Call(ApiCall call)
    {
        _calls.Add(call);
        _faults.Clear();
        var started = Stopwatch.GetTimestamp();
        ApiAnswer answer;
        try
        {
            answer = _plane.Send(call);
        }
        catch (Exception broken)
        {
            answer = ApiAnswer.Lost(broken.ToString());
            _report.Add("the request was not answered: " + broken.GetType().Name, Story(broken.ToString()));
        }

        if (Stopwatch.GetElapsedTime(started) is var took && took > AnswerMax)
        {
            _report.Add("the request took too long", Story($"{took.TotalSeconds:F1} s"));
        }

        if (answer.Code >= HttpCode.InternalServerError)
        {
            _report.Add($"{answer.Code} {_faults.Where}", Story($"{answer.Text}\n{_faults.Text}"));
        }
        else if (_faults.Text is { } text)
        {
            _report.Add($"the program logs a fault {_faults.Where}", Story(text));
        }

        return answer;
    }

    private string Story(string problem) =>
        $"seed {_seed}: {problem}\n{string.Join('\n', _calls.TakeLast(3).Select(FuzzReport.Shown))}";

    private KubeObject? Current(ResourceKind kind, string name) =>
        View.Get(StoredAs(kind), kind.Namespaced ? RequestMaker.Namespace : null, name);

    private JsonObject Shown(string path) => Read(Call(new ApiCall("GET", path)));

    private JsonObject Manifest(string kind) => _manifests.First(each => each["kind"]!.GetValue<string>() == kind);

    private static ResourceKind KindOf(JsonObject manifest) => KindRegistry.Find(
        manifest["apiVersion"]!.GetValue<string>(), manifest["kind"]!.GetValue<string>())!;

    private static ResourceKind StoredAs(ResourceKind kind) =>
        kind.StoredAs is { } type ? KindRegistry.Of(type) : kind;

    private static JsonObject Renamed(JsonObject manifest, string? name)
    {
        var named = manifest.DeepClone().AsObject();
        var metadata = named["metadata"] as JsonObject ?? new JsonObject();
        if (name is not null)
        {
            metadata["name"] = name;
        }

        named["metadata"] = metadata;
        return named;
    }

    private sealed record Sight(long Sequence, int Count, string? Object)
    {
        public bool Differs(Sight before) =>
            Sequence != before.Sequence && (Count != before.Count || Object != before.Object);
    }
}
