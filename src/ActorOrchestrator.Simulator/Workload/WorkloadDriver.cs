using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Domain.ConfigRollouts;
using ActorOrchestrator.Simulator.Members;
using ActorOrchestrator.Simulator.Runs;
using ActorOrchestrator.Simulator.Time;

namespace ActorOrchestrator.Simulator.Workload;

/// <summary>A user who does things to the cluster, drawn from the seed, one after the other and not waiting for
/// answers.</summary>
internal sealed class WorkloadDriver
{
    private readonly World _world;
    private readonly SimulationOptions _options;
    private readonly WorkloadContext _user;
    private readonly Dictionary<string, WorkloadContext> _users = [];
    private readonly Dice _when;
    private readonly Dice _which;
    private readonly List<string> _bag = [];
    private readonly Readers _readers;
    private readonly Rivals _rivals;
    private bool _isOver;

    public WorkloadDriver(World world, SimulationOptions options)
    {
        (_world, _options) = (world, options);
        _user = new WorkloadContext(world, world.NewClient("user-1"), world.Dice("workload"), "mend");
        _when = world.Dice("workload/when");
        _which = world.Dice("workload/which");
        Watchers = new Watchers(world);
        _readers = new Readers(world, options.Pace);
        _rivals = new Rivals(world, options.Pace);
        foreach (var (name, weight) in options.Operations)
        {
            _bag.AddRange(Enumerable.Repeat(name, weight));
            _users.Add(name, new WorkloadContext(world, _user.Client, world.Dice($"workload/{name}"), name));
        }
    }

    public int Operations { get; private set; }

    public Client User => _user.Client;

    /// <summary>They go on until the end.</summary>
    public Watchers Watchers { get; }

    public void Start()
    {
        Watchers.Start();
        _readers.Start();
        _rivals.Start();
        _user.Client.Process.Start(() => _user.CreateAsync(new Namespace
        {
            Metadata = new ObjectMeta { Name = "shop" },
        }));
        Arm();
    }

    public void Stop()
    {
        _isOver = true;
        _readers.Stop();
        _rivals.Stop();
    }

    /// <summary>A user who wants everything to come to rest: good images, nothing paused, held or cordoned.</summary>
    public async Task MendAsync()
    {
        foreach (var node in _world.Truth.All<Node>().ToList())
        {
            if (!_world.Machines.ContainsKey(node.Metadata.Name!))
            {
                // Only whoever knows that a machine never comes back may say that its pods are gone.
                await _user.DeleteAsync(node);
            }
            else if (node.Spec.Unschedulable)
            {
                await _user.PatchAsync(node, """{"spec":{"unschedulable":null}}""");
            }
        }

        foreach (var deployment in _world.Truth.All<Deployment>().ToList())
        {
            await _user.PatchAsync(deployment, $$$"""
                {"metadata":{"finalizers":null},"spec":{"paused":false,"replicas":2,"template":{"spec":{
                "nodeSelector":null,"initContainers":null,"containers":[{{{Good(deployment)}}}]}} }}
                """);
        }

        foreach (var set in _world.Truth.All<DaemonSet>().ToList())
        {
            await _user.PatchAsync(set, $$$"""
                {"spec":{"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":0,"maxUnavailable":1}},
                "template":{"spec":{"initContainers":null,"containers":[{{{Good(set)}}}]}} }}
                """);
        }

        await MendStatefulSetsAsync();
        await MendJobsAsync();

        // What has no Deployment above it keeps its template for ever, so nothing can mend it.
        foreach (var set in _world.Truth.All<ReplicaSet>().Where(IsLoose).ToList())
        {
            await _user.DeleteAsync(set);
        }

        foreach (var pod in _world.Truth.All<Pod>().Where(IsLoose).ToList())
        {
            await _user.DeleteAsync(pod);
        }
    }

    /// <summary>One whose pods wait for claims never comes to rest.</summary>
    private async Task MendStatefulSetsAsync()
    {
        foreach (var set in _world.Truth.All<StatefulSet>().ToList())
        {
            if (StatefulSetOperations.HasClaims(set))
            {
                await _user.DeleteAsync(set);
                continue;
            }

            await _user.PatchAsync(set, $$$"""
                {"spec":{"replicas":2,"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":0,
                "maxUnavailable":1}},"template":{"spec":{"nodeSelector":null,"initContainers":null,
                "containers":[{{{Good(set)}}}]}} }}
                """);
        }
    }

    /// <summary>It runs, and takes its values from where it took them: whoever follows a ConfigMap still does at
    /// rest.</summary>
    private static string Good(KubeObject workload) => Encoding.UTF8.GetString(KubeJson.Encode(new Container
    {
        Name = "main", Image = "app:good", EnvFrom = ConfigPins.TemplateOf(workload)!.Spec.Containers[0].EnvFrom,
    }));

    /// <summary>A CronJob that goes on is never at rest. A Job ends by itself when it may, or by its
    /// deadline.</summary>
    private async Task MendJobsAsync()
    {
        foreach (var cronJob in _world.Truth.All<CronJob>().ToList())
        {
            await _user.PatchAsync(cronJob, """{"spec":{"suspend":true}}""");
        }

        foreach (var job in _world.Truth.All<Job>().Where(job => !Describe.IsFinished(job)).ToList())
        {
            await _user.PatchAsync(job, """{"spec":{"suspend":false,"parallelism":2,"activeDeadlineSeconds":300}}""");
        }
    }

    /// <summary>Everything that the workload made goes.</summary>
    public async Task DeleteAllAsync()
    {
        string[] paths =
        [
            "/apis/batch/v1/namespaces/{0}/cronjobs", "/apis/batch/v1/namespaces/{0}/jobs",
            "/apis/apps/v1/namespaces/{0}/daemonsets", "/apis/apps/v1/namespaces/{0}/statefulsets",
            "/apis/apps/v1/namespaces/{0}/controllerrevisions", "/api/v1/namespaces/{0}/persistentvolumeclaims",
            "/apis/apps/v1/namespaces/{0}/deployments", "/apis/apps/v1/namespaces/{0}/replicasets",
            "/api/v1/namespaces/{0}/pods", "/api/v1/namespaces/{0}/configmaps",
            "/apis/policy/v1/namespaces/{0}/poddisruptionbudgets",
        ];
        foreach (var @namespace in WorkloadContext.Namespaces)
        {
            foreach (var path in paths)
            {
                await _user.Client.SendAsync(new ApiCall("DELETE", string.Format(path, @namespace)));
            }
        }

        foreach (var brief in _world.Truth.All<Namespace>().Where(EdgeOperations.IsBrief).ToList())
        {
            await _user.DeleteAsync(brief);
        }
    }

    private void Arm() => _world.Loop.After(_when.Exponential(_options.OperationEvery), () =>
    {
        if (_isOver)
        {
            return;
        }

        var operation = WorkloadOperations.Named(_which.Pick(_bag));
        var happening = $"{operation.Name}#{++Operations}";
        if (_options.Happens(happening))
        {
            _world.Happen("operation", happening, "");
            _user.Client.Process.Start(() => operation.RunAsync(_users[operation.Name]));
        }

        Arm();
    });

    private static bool IsLoose(KubeObject value) => value.Metadata.OwnerReferences.Count == 0;
}
