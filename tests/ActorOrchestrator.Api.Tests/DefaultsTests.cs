using System.Text;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Tests;

public sealed class DefaultsTests
{
    private const string PodSpecDefaults =
        "\"restartPolicy\":\"Always\",\"terminationGracePeriodSeconds\":30,\"dnsPolicy\":\"ClusterFirst\","
        + "\"securityContext\":{},\"schedulerName\":\"default-scheduler\"";

    private const string ContainerDefaults =
        "\"terminationMessagePath\":\"/dev/termination-log\",\"terminationMessagePolicy\":\"File\","
        + "\"imagePullPolicy\":\"IfNotPresent\"";

    /// <summary>Each place where a spec has amounts of resources.</summary>
    [Theory]
    [InlineData("Pod", "{'containers':[{'name':'c','resources':{'limits':{'cpu':'AMOUNT'}}}]}")]
    [InlineData("Pod", "{'initContainers':[{'name':'c','resources':{'requests':{'cpu':'AMOUNT'}}}],'containers':[]}")]
    [InlineData("Pod", "{'containers':[],'ephemeralContainers':[{'resources':{'limits':{'cpu':'AMOUNT'}}}]}")]
    [InlineData("Pod", "{'containers':[],'overhead':{'cpu':'AMOUNT'}}")]
    [InlineData("Pod", "{'containers':[],'resources':{'requests':{'cpu':'AMOUNT'}}}")]
    [InlineData("PersistentVolume", "{'capacity':{'storage':'AMOUNT'}}")]
    [InlineData("PersistentVolumeClaim", "{'resources':{'requests':{'storage':'AMOUNT'}}}")]
    [InlineData("ResourceQuota", "{'hard':{'cpu':'AMOUNT'}}")]
    [InlineData("LimitRange", "{'limits':[{'type':'Pod','max':{'cpu':'AMOUNT'},'min':{'cpu':'AMOUNT'}}]}")]
    public void Amounts_are_rounded_up_to_thousandths(string kind, string spec)
    {
        string With(string amount) => Encoding.UTF8.GetString(KubeJson.Encode(Defaults.Apply(KubeJson.ReadObject(
            Encoding.UTF8.GetBytes($$"""{"apiVersion":"v1","kind":"{{kind}}","spec":{{spec}}}"""
                .Replace('\'', '"').Replace("AMOUNT", amount))))));
        Assert.Equal(With("1501m"), With("1.5001"));
        Assert.Contains("1501m", With("1.5001"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_configured_kubelets_is_dropped_from_nodes()
    {
        var node = (Node)KubeJson.ReadObject(
            """
            {"apiVersion":"v1","kind":"Node","spec":{"configSource":{}},"status":{"config":{"active":{}}}}
            """u8);
        Assert.Equal((null, null), (Defaults.Apply(node).Spec.ConfigSource, Defaults.Apply(node).Status.Config));
    }

    [Theory]
    // A pod: what a template gets, service links, and requests from limits.
    [InlineData(
            """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"name":"c",
            "image":"a:1","resources":{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"500m"}}}]}}
            """,
            """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"name":"c",
            "image":"a:1","resources":{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"500m",
            "memory":"1Gi"}},CONTAINER}],POD,"enableServiceLinks":true},"status":{}}
            """)]
    // A Deployment, whose template gets no requests from limits.
    [InlineData(
            """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"selector":{
            "matchLabels":{"a":"b"}},"template":{"spec":{"containers":[{"name":"c","image":"a:1",
            "resources":{"limits":{"cpu":"1"}}}]}}}}
            """,
            """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":1,
            "selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{},"spec":{"containers":[{
            "name":"c","image":"a:1","resources":{"limits":{"cpu":"1"}},CONTAINER}],POD}},"strategy":{
            "type":"RollingUpdate","rollingUpdate":{"maxUnavailable":"25%","maxSurge":"25%"}},
            "revisionHistoryLimit":10,"progressDeadlineSeconds":600},"status":{}}
            """)]
    [InlineData(
        """{"apiVersion":"apps/v1","kind":"ReplicaSet","spec":{"selector":{},"template":{"spec":{"containers":[]}}}}""",
            """
            {"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{},"spec":{"replicas":1,"selector":{},
            "template":{"metadata":{},"spec":{"containers":[],POD}}},"status":{"replicas":0}}
            """)]
    // What a ReplicationController lacks it takes from its template's labels.
    [InlineData(
        """
        {"apiVersion":"v1","kind":"ReplicationController","spec":{"template":{"metadata":{"labels":{"a":"b"}},
        "spec":{"containers":[]}}}}
        """,
            """
            {"apiVersion":"v1","kind":"ReplicationController","metadata":{"labels":{"a":"b"}},"spec":{"replicas":1,
            "selector":{"a":"b"},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[],POD}}},
            "status":{"replicas":0}}
            """)]
    [InlineData(
        """
        {"apiVersion":"v1","kind":"ReplicationController","metadata":{"labels":{"l":"1"}},"spec":{"replicas":0,
        "selector":{"s":"1"},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[]}}}}
        """,
            """
            {"apiVersion":"v1","kind":"ReplicationController","metadata":{"labels":{"l":"1"}},"spec":{"replicas":0,
            "selector":{"s":"1"},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[],POD}}},
            "status":{"replicas":0}}
            """)]
    [InlineData(
        """{"apiVersion":"v1","kind":"Service","spec":{"ports":[{"port":80}]}}""",
            """
            {"apiVersion":"v1","kind":"Service","metadata":{},"spec":{"ports":[{"protocol":"TCP","port":80,
            "targetPort":80}],"type":"ClusterIP","sessionAffinity":"None","ipFamilies":["IPv4"],
            "ipFamilyPolicy":"SingleStack","internalTrafficPolicy":"Cluster"},"status":{"loadBalancer":{}}}
            """)]
    [InlineData(
        """{"apiVersion":"v1","kind":"Service","spec":{"type":"ExternalName","externalName":"x.y"}}""",
            """
            {"apiVersion":"v1","kind":"Service","metadata":{},"spec":{"type":"ExternalName",
            "sessionAffinity":"None","externalName":"x.y"},"status":{"loadBalancer":{}}}
            """)]
    [InlineData(
            """
            {"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"data":{"a":"YQ==","b":"Yg=="},
            "stringData":{"b":"x"}}
            """,
            """
            {"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"data":{"a":"YQ==","b":"eA=="},
            "type":"Opaque"}
            """)]
    [InlineData(
        """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"n"}}""",
            """
            {"apiVersion":"v1","kind":"Namespace","metadata":{"name":"n","labels":{
            "kubernetes.io/metadata.name":"n"}},"spec":{"finalizers":["kubernetes"]},"status":{
            "phase":"Active"}}
            """)]
    [InlineData(
        """{"apiVersion":"v1","kind":"PersistentVolumeClaim","spec":{"accessModes":["ReadWriteOnce"]}}""",
            """
            {"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{},"spec":{"accessModes":[
            "ReadWriteOnce"],"resources":{},"volumeMode":"Filesystem"},"status":{"phase":"Pending"}}
            """)]
    [InlineData(
        """{"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","provisioner":"p"}""",
            """
            {"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","metadata":{},"provisioner":"p",
            "reclaimPolicy":"Delete","volumeBindingMode":"Immediate"}
            """)]
    [InlineData(
            """
            {"apiVersion":"batch/v1","kind":"Job","spec":{"template":{"metadata":{"labels":{"a":"b"}},
            "spec":{"containers":[],"restartPolicy":"Never"}}}}
            """,
            """
            {"apiVersion":"batch/v1","kind":"Job","metadata":{"labels":{"a":"b"}},"spec":{"parallelism":1,
            "completions":1,"backoffLimit":6,"template":{"metadata":{"labels":{"a":"b"}},"spec":{
            "containers":[],"restartPolicy":"Never","terminationGracePeriodSeconds":30,
            "dnsPolicy":"ClusterFirst","securityContext":{},"schedulerName":"default-scheduler"}},
            "completionMode":"NonIndexed","suspend":false,"podReplacementPolicy":"TerminatingOrFailed"},
            "status":{}}
            """)]
    [InlineData(
            """
            {"apiVersion":"batch/v1","kind":"CronJob","spec":{"schedule":"* * * * *","jobTemplate":{"spec":{
            "template":{"spec":{"containers":[]}}}}}}
            """,
            """
            {"apiVersion":"batch/v1","kind":"CronJob","metadata":{},"spec":{"schedule":"* * * * *",
            "concurrencyPolicy":"Allow","suspend":false,"jobTemplate":{"metadata":{},"spec":{"template":{
            "metadata":{},"spec":{"containers":[],POD}}}},"successfulJobsHistoryLimit":3,
            "failedJobsHistoryLimit":1},"status":{}}
            """)]
    [InlineData(
            """
            {"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","spec":{"maxReplicas":3,
            "scaleTargetRef":{"kind":"Deployment","name":"d"},"behavior":{"scaleDown":{
            "stabilizationWindowSeconds":60}}}}
            """,
            """
            {"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{},"spec":{
            "scaleTargetRef":{"kind":"Deployment","name":"d"},"minReplicas":1,"maxReplicas":3,"metrics":[{
            "type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization",
            "averageUtilization":80}}}],"behavior":{"scaleUp":{"stabilizationWindowSeconds":0,
            "selectPolicy":"Max","policies":[{"type":"Pods","value":4,"periodSeconds":15},{"type":"Percent",
            "value":100,"periodSeconds":15}]},"scaleDown":{"stabilizationWindowSeconds":60,
            "selectPolicy":"Max","policies":[{"type":"Percent","value":100,"periodSeconds":15}]}}},
            "status":{"desiredReplicas":0,"currentMetrics":[]}}
            """)]
    [InlineData(
            """
            {"apiVersion":"v1","kind":"Endpoints","subsets":[{"addresses":[{"ip":"10.0.0.1"}],"ports":[{"port":80}]}]}
            """,
            """
            {"apiVersion":"v1","kind":"Endpoints","metadata":{},"subsets":[{"addresses":[{"ip":"10.0.0.1"}],
            "ports":[{"port":80,"protocol":"TCP"}]}]}
            """)]
    [InlineData(
            """
            {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","addressType":"IPv4","ports":[{"port":80}]}
            """,
            """
            {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{},"addressType":"IPv4",
            "endpoints":[],"ports":[{"name":"","protocol":"TCP","port":80}]}
            """)]
    public void What_is_left_out_is_filled_in(string given, string expected)
    {
        expected = expected.Replace("CONTAINER", ContainerDefaults, StringComparison.Ordinal)
            .Replace("POD", PodSpecDefaults, StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
        var filled = Defaults.Apply(KubeJson.ReadObject(Encoding.UTF8.GetBytes(given)));
        Assert.Equal(expected, Encoding.UTF8.GetString(KubeJson.Encode(filled)));
        Assert.Same(filled, Defaults.Apply(filled));
    }

    [Theory]
    [InlineData("nginx", "Always")]
    [InlineData("nginx:latest", "Always")]
    [InlineData("nginx:1.25", "IfNotPresent")]
    [InlineData("host:5000/nginx", "Always")]
    [InlineData("host:5000/nginx:1", "IfNotPresent")]
    [InlineData("nginx@sha256:0123", "IfNotPresent")]
    [InlineData("nginx:latest@sha256:0123", "IfNotPresent")]
    [InlineData("", "IfNotPresent")]
    public void The_tag_decides_when_an_image_is_pulled(string image, string policy)
    {
        var pod = Defaults.Apply(new Pod { Spec = new() { Containers = [new() { Name = "c", Image = image }] } });
        Assert.Equal(policy, pod.Spec.Containers[0].ImagePullPolicy);
    }

    [Fact]
    public void Probes_ports_and_variables_are_completed()
    {
        var container = Filled(
            """
            {"name":"c","image":"a:1","ports":[{"containerPort":80}],
             "env":[{"name":"IP","valueFrom":{"fieldRef":{"fieldPath":"status.podIP"}}}],
             "livenessProbe":{"httpGet":{"port":80}},"readinessProbe":{"grpc":{"port":1},"periodSeconds":2},
             "lifecycle":{"preStop":{"httpGet":{"port":80,"path":"/x"}}}}
            """).Containers[0];
        Assert.Equal(("TCP", 0), (container.Ports[0].Protocol, container.Ports[0].HostPort));
        Assert.Equal("v1", container.Env[0].ValueFrom?.FieldRef?.ApiVersion);
        var liveness = container.LivenessProbe!;
        Assert.Equal((1, 10), (liveness.TimeoutSeconds, liveness.PeriodSeconds));
        Assert.Equal((1, 3), (liveness.SuccessThreshold, liveness.FailureThreshold));
        Assert.Equal(("/", "HTTP"), (liveness.HttpGet?.Path, liveness.HttpGet?.Scheme));
        Assert.Equal(("", 2), (container.ReadinessProbe?.Grpc?.Service, container.ReadinessProbe?.PeriodSeconds));
        var preStop = container.Lifecycle?.PreStop?.HttpGet;
        Assert.Equal(("/x", "HTTP"), (preStop?.Path, preStop?.Scheme));
    }

    [Theory]
    [InlineData("""{"name":"v"}""", """{"name":"v","emptyDir":{}}""")]
    [InlineData("""{"name":"v","emptyDir":{"medium":"Memory"}}""", """{"name":"v","emptyDir":{"medium":"Memory"}}""")]
    [InlineData("""{"name":"v","hostPath":{"path":"/x"}}""", """{"name":"v","hostPath":{"path":"/x","type":""}}""")]
    [InlineData("""{"name":"v","secret":{"secretName":"s"}}""",
        """
        {"name":"v","secret":{"secretName":"s","defaultMode":420}}
        """)]
    [InlineData("""{"name":"v","configMap":{"name":"c","defaultMode":256}}""",
        """
        {"name":"v","configMap":{"name":"c","defaultMode":256}}
        """)]
    [InlineData("""{"name":"v","image":{"reference":"data:latest"}}""",
        """{"name":"v","image":{"reference":"data:latest","pullPolicy":"Always"}}""")]
    [InlineData("""{"name":"v","image":{"reference":"data:1"}}""",
        """{"name":"v","image":{"reference":"data:1","pullPolicy":"IfNotPresent"}}""")]
    [InlineData("""{"name":"v","projected":{"sources":[{"serviceAccountToken":{"path":"t"}}]}}""",
            """
            {"name":"v","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3600,
            "path":"t"}}],"defaultMode":420}}
            """)]
    public void Volumes_are_completed(string given, string expected)
    {
        var json = """{"containers":[],"volumes":[""" + given + "]}";
        var spec = Defaults.Apply(new Pod { Spec = KubeJson.Read<PodSpec>(Encoding.UTF8.GetBytes(json)) }).Spec;
        Assert.Equal(
            expected.Replace("\n", "", StringComparison.Ordinal),
            Encoding.UTF8.GetString(KubeJson.Encode(spec.Volumes[0])));
    }

    [Fact]
    public void On_the_hosts_network_a_port_is_the_hosts_port()
    {
        var container = new Container { Name = "c", Ports = [new() { Port = 80 }] };
        var pod = new Pod { Spec = new() { HostNetwork = true, Containers = [container] } };
        Assert.Equal(80, Defaults.Apply(pod).Spec.Containers[0].Ports[0].HostPort);
    }

    [Fact]
    public void A_pod_made_from_a_complete_template_shares_its_containers()
    {
        var template = Defaults.Apply(new ReplicaSet
        {
            Spec = new() { Template = new() { Spec = new() { Containers = [new() { Name = "c", Image = "a:1" }] } } },
        }).Spec.Template;
        var pod = Defaults.Apply(new Pod { Spec = template.Spec });
        Assert.Same(template.Spec.Containers, pod.Spec.Containers);
    }

    private static PodSpec Filled(string container)
    {
        var json = """{"containers":[""" + container + "]}";
        return Defaults.Apply(new Pod { Spec = KubeJson.Read<PodSpec>(Encoding.UTF8.GetBytes(json)) }).Spec;
    }
}
