using System.Reflection;
using System.Runtime.CompilerServices;
using ActorOrchestrator.Gateway.Discovery;
using ActorOrchestrator.Gateway.Routing;
using k8s;
using k8s.Models;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>
/// Every request that the C# client has a method for. It is generated from Kubernetes' OpenAPI document, as the clients
/// for Java, Python and JavaScript are, so they send the same. Each is served, or has its reason here and in README.
/// </summary>
public sealed class ClientPathTests
{
    /// <summary>What is not served: a group or a version, or a resource or subresource of one that is; and
    /// why.</summary>
    private static readonly (string What, string Why)[] Unserved =
    [
        ("admissionregistration.k8s.io/*", "webhooks and policies are later work"),
        ("apiextensions.k8s.io/v1/customresourcedefinitions", "later work: their list is there, and empty"),
        ("apiregistration.k8s.io/*", "no aggregated servers"),
        ("certificates.k8s.io/*", "certificates are made by the server alone"),
        ("coordination.k8s.io/v1alpha2", "coordinated leader election is alpha"),
        ("coordination.k8s.io/v1beta1", "coordinated leader election is off by default"),
        ("flowcontrol.apiserver.k8s.io/*", "requests are bounded in number, without priorities"),
        ("internal.apiserver.k8s.io/*", "alpha"),
        ("lifecycle.k8s.io/*", "alpha"),
        ("node.k8s.io/*", "one runtime a machine"),
        ("resource.k8s.io/*", "no dynamic resource allocation"),
        ("scheduling.k8s.io/v1alpha3", "alpha"),
        ("scheduling.k8s.io/v1beta1", "alpha"),
        ("storagemigration.k8s.io/*", "objects are stored in one version"),
        ("storage.k8s.io/v1/csidrivers", "no CSI"),
        ("storage.k8s.io/v1/csinodes", "no CSI"),
        ("storage.k8s.io/v1/csistoragecapacities", "no CSI"),
        ("storage.k8s.io/v1/volumeattachments", "no CSI"),
        ("storage.k8s.io/v1/volumeattributesclasses", "no CSI"),
        ("networking.k8s.io/v1/ipaddresses", "Services have no addresses yet"),
        ("networking.k8s.io/v1/servicecidrs", "Services have no addresses yet"),
        ("/v1/componentstatuses", "deprecated; /readyz and /livez tell"),
        ("/v1/nodes/proxy", "nothing is proxied"),
        ("/v1/services/proxy", "nothing is proxied"),
        ("/v1/pods/proxy", "nothing is proxied"),
        ("/v1/serviceaccounts/token", "no tokens are issued"),
    ];

    private static readonly IReadOnlyList<RequestInfo> Requests = Recorded();

    [Fact]
    public void Every_request_of_the_client_is_served_or_has_its_reason()
    {
        Assert.InRange(Requests.Count, 700, 2000);
        var gaps = Requests.Where(info => !IsServed(info) && ReasonFor(info) is null)
            .Select(info => $"{info.Verb} {info.Path}").Order(StringComparer.Ordinal);
        Assert.Equal([], gaps);
    }

    [Fact]
    public void No_reason_is_given_for_what_is_served() => Assert.Equal(
        [], Unserved.Select(row => row.What).Where(what => !Requests.Any(info => Is(what, info) && !IsServed(info))));

    [Fact]
    public void Every_list_and_every_object_of_one_has_its_watch_path_too()
    {
        var lists = Requests.Where(
            info => info.Verb is "list" or "get" && info.Subresource.Length == 0 && IsServed(info));
        var gaps = lists.Select(info => RequestInfoParser.Parse("GET", Watched(info), watchAsked: false, null))
            .Where(info => info.Verb != "watch" || !IsServed(info)).Select(info => info.Path);
        Assert.Equal([], gaps);
    }

    /// <summary><c>/api/v1/watch/namespaces/a/pods</c> for <c>/api/v1/namespaces/a/pods</c>.</summary>
    private static string Watched(RequestInfo info)
    {
        var root = info.Group.Length == 0 ? $"/api/{info.Version}" : $"/apis/{info.Group}/{info.Version}";
        return $"{root}/watch{info.Path[root.Length..]}";
    }

    private static bool IsServed(RequestInfo info) => ResourceEntry.All.Any(entry =>
        entry.Kind.Group == info.Group && entry.Kind.Version == info.Version && entry.Kind.Plural == info.Resource
        && entry.Serves(info.Verb, info.Subresource));

    private static string? ReasonFor(RequestInfo info) => Unserved.FirstOrDefault(row => Is(row.What, info)).Why;

    private static bool Is(string what, RequestInfo info) =>
        what == $"{info.Group}/*" || what == $"{info.Group}/{info.Version}"
        || what == $"{info.Group}/{info.Version}/{info.Resource}"
        || what == $"{info.Group}/{info.Version}/{info.ResourceAndSubresource}";

    /// <summary>Calls every method of the client with made-up arguments; nothing leaves the process.</summary>
    private static List<RequestInfo> Recorded()
    {
        var recorder = new Recorder();
        using var client = new Kubernetes(new KubernetesClientConfiguration { Host = "http://localhost" }, recorder);
        var methods = typeof(Kubernetes).GetInterfaces()
            .Where(type => type.Name.EndsWith("Operations", StringComparison.Ordinal)
                && !type.Name.Contains("CustomObjects", StringComparison.Ordinal))
            .SelectMany(type => type.GetMethods())
            .Where(method => method is { IsGenericMethod: false }
                && method.Name.EndsWith("WithHttpMessagesAsync", StringComparison.Ordinal));
        foreach (var method in methods)
        {
            var call = (Task)method.Invoke(client, [.. method.GetParameters().Select(Argument)])!;
            Assert.IsType<RecordedException>(call.Exception!.InnerException);
        }

        return
        [
            .. recorder.Seen.Select(seen => RequestInfoParser.Parse(seen.Method, seen.Path, watchAsked: false, null))
                .Where(info => info.IsResource),
        ];
    }

    private static object? Argument(ParameterInfo parameter) => parameter switch
    {
        { HasDefaultValue: true } => parameter.ParameterType.IsValueType && parameter.DefaultValue is null
            ? null
            : parameter.DefaultValue,
        { ParameterType: var type } when type == typeof(string) => "a",
        { ParameterType: var type } when type == typeof(V1Patch) => new V1Patch("{}", V1Patch.PatchType.MergePatch),
        { ParameterType: var type } when type == typeof(object) => new object(),
        { ParameterType: var type } => RuntimeHelpers.GetUninitializedObject(type),
    };

    private sealed class Recorder : DelegatingHandler
    {
        public SortedSet<(string Method, string Path)> Seen { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Seen.Add((request.Method.Method, request.RequestUri!.AbsolutePath));
            return Task.FromException<HttpResponseMessage>(new RecordedException());
        }
    }

    private sealed class RecordedException : Exception;
}
