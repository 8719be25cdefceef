using System.Reflection;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

public sealed class ContainerTests
{
    private const string EnvironmentFields =
        "supported values: \"metadata.name\", \"metadata.namespace\", \"metadata.uid\", \"spec.nodeName\", "
        + "\"spec.serviceAccountName\", \"status.hostIP\", \"status.hostIPs\", \"status.podIP\", \"status.podIPs\"";

    // Every expected line stands below spec.containers[0].
    [Theory]
    [InlineData("{'image':null}", "image: Required value")]
    [InlineData("{'image':' nginx'}",
        "image: Invalid value: \" nginx\": must not have leading or trailing whitespace")]
    [InlineData("{'name':null}", "name: Required value")]
    [InlineData("{'name':'a.b'}", "name: Invalid value: \"a.b\": must not contain dots")]
    [InlineData("{'imagePullPolicy':'Maybe'}",
        "imagePullPolicy: Unsupported value: \"Maybe\": supported values: \"Always\", \"IfNotPresent\", \"Never\"")]
    [InlineData("{'restartPolicy':'Always'}", "restartPolicy: Forbidden: may not be set for non-init containers")]
    [InlineData("{'securityContext':{'privileged':true,'allowPrivilegeEscalation':false}}",
        "securityContext: Invalid value: {\"privileged\":true,\"allowPrivilegeEscalation\":false}: cannot set "
        + "`allowPrivilegeEscalation` to false and `privileged` to true")]
    public void A_container_is_checked(string patch, string expected) => AssertErrors(expected, patch);

    [Theory]
    [InlineData("[{}]", "ports[0].containerPort: Required value\nports[0].protocol: Required value")]
    [InlineData("[{'containerPort':70000,'protocol':'TCP'}]",
        "ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive")]
    [InlineData("[{'containerPort':80,'protocol':'TPC'}]",
        "ports[0].protocol: Unsupported value: \"TPC\": supported values: \"SCTP\", \"TCP\", \"UDP\"")]
    [InlineData("[{'name':'a','containerPort':80,'protocol':'TCP'},{'name':'a','containerPort':81,'protocol':'TCP'}]",
        "ports[1].name: Duplicate value: \"a\"")]
    [InlineData("[{'containerPort':80,'hostPort':80,'protocol':'TCP'},"
        + "{'containerPort':81,'hostPort':80,'protocol':'TCP'}]",
        "ports[1].hostPort: Duplicate value: \"TCP//80\"")]
    [InlineData("[{'containerPort':53,'protocol':'TCP'},{'containerPort':53,'protocol':'UDP'}]", "")]
    public void Ports_are_checked(string ports, string expected) => AssertErrors(expected, $"{{'ports':{ports}}}");

    [Theory]
    [InlineData("{'value':'v'}", "env[0].name: Required value")]
    [InlineData("{'name':'A=B'}", "env[0].name: Invalid value: \"A=B\": a valid environment variable name must "
        + "consist only of printable ASCII characters other than '='")]
    [InlineData("{'name':'A','valueFrom':{}}", "env[0].valueFrom: Invalid value: \"\": must specify one of: "
        + "`fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`")]
    [InlineData("{'name':'A','value':'v','valueFrom':{'fieldRef':{'apiVersion':'v1','fieldPath':'metadata.name'}}}",
        "env[0].valueFrom: Invalid value: \"\": may not be specified when `value` is not empty")]
    [InlineData("{'name':'A','valueFrom':{'fieldRef':{'apiVersion':'v1','fieldPath':'metadata.name'},"
        + "'secretKeyRef':{'name':'s','key':'k'}}}",
        "env[0].valueFrom: Invalid value: \"\": may not have more than one field specified at a time")]
    [InlineData("{'name':'A','valueFrom':{'fieldRef':{'apiVersion':'v1','fieldPath':'spec.foo'}}}",
        "env[0].valueFrom.fieldRef.fieldPath: Invalid value: \"spec.foo\": error converting fieldPath: field label "
        + "not supported: spec.foo")]
    [InlineData("{'name':'A','valueFrom':{'fieldRef':{'apiVersion':'v1','fieldPath':'metadata.labels'}}}",
        "env[0].valueFrom.fieldRef.fieldPath: Unsupported value: \"metadata.labels\": " + EnvironmentFields)]
    [InlineData("{'name':'A','valueFrom':{'fieldRef':"
        + "{'apiVersion':'v1','fieldPath':'metadata.labels[\\u0027app\\u0027]'}}}", "")]
    [InlineData("{'name':'A','valueFrom':{'resourceFieldRef':{'resource':'limits.gpu'}}}",
        "env[0].valueFrom.resourceFieldRef.resource: Unsupported value: \"limits.gpu\": supported values: "
        + "\"limits.cpu\", \"limits.ephemeral-storage\", \"limits.memory\", \"requests.cpu\", "
        + "\"requests.ephemeral-storage\", \"requests.memory\"")]
    [InlineData("{'name':'A','valueFrom':{'resourceFieldRef':{'resource':'limits.cpu','divisor':'2'}}}",
        "env[0].valueFrom.resourceFieldRef.divisor: Invalid value: \"limits.cpu\": only divisor's values 1m and 1 are "
        + "supported with the cpu resource")]
    [InlineData("{'name':'A','valueFrom':{'configMapKeyRef':{'name':'m'}}}",
        "env[0].valueFrom.configMapKeyRef.key: Required value")]
    public void The_environment_is_checked(string variable, string expected) =>
        AssertErrors(expected, $"{{'env':[{variable}]}}");

    [Theory]
    [InlineData("{}", "envFrom: Invalid value: \"\": must specify one of: `configMapRef` or `secretRef`")]
    [InlineData("{'configMapRef':{}}", "envFrom[0].configMapRef.name: Required value")]
    [InlineData("{'prefix':'A=','configMapRef':{'name':'m'}}", "envFrom[0].prefix: Invalid value: \"A=\": a valid "
        + "environment variable name must consist only of printable ASCII characters other than '='")]
    public void Sources_of_the_environment_are_checked(string source, string expected) =>
        AssertErrors(expected, $"{{'envFrom':[{source}]}}");

    [Theory]
    [InlineData("[{'name':'v','mountPath':'/a'}]", "")]
    [InlineData("[{'name':'none','mountPath':'/a'}]", "volumeMounts[0].name: Not found: \"none\"")]
    [InlineData("[{'name':'v'}]", "volumeMounts[0].mountPath: Required value")]
    [InlineData("[{'name':'v','mountPath':'/a'},{'name':'v','mountPath':'/a'}]",
        "volumeMounts[1].mountPath: Invalid value: \"/a\": must be unique")]
    [InlineData("[{'name':'v','mountPath':'/a','subPath':'../b'}]",
        "volumeMounts.subPath: Invalid value: \"../b\": must not contain '..'")]
    [InlineData("[{'name':'v','mountPath':'/a','subPath':'b','subPathExpr':'c'}]",
        "volumeMounts[0].subPathExpr: Invalid value: \"c\": subPathExpr and subPath are mutually exclusive")]
    [InlineData("[{'name':'v','mountPath':'/a','mountPropagation':'Bidirectional'}]", "volumeMounts.mountPropagation"
        + ": Forbidden: Bidirectional mount propagation is available only to privileged containers")]
    public void Mounts_are_checked(string mounts, string expected) =>
        AssertErrors(expected, $"{{'volumeMounts':{mounts}}}");

    [Theory]
    [InlineData("{'limits':{'cpu':'1'},'requests':{'cpu':'500m'}}", "")]
    [InlineData("{'limits':{'cpu':'1'},'requests':{'cpu':'2'}}",
        "resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1")]
    [InlineData("{'limits':{'memory':'-1Gi'}}",
        "resources.limits[memory]: Invalid value: \"-1Gi\": must be greater than or equal to 0")]
    [InlineData("{'limits':{'foo':'1'}}", "resources.limits[foo]: Invalid value: \"foo\": must be a standard resource "
        + "type or fully qualified\nresources.limits[foo]: Invalid value: \"foo\": must be a standard resource for "
        + "containers")]
    [InlineData("{'limits':{'storage':'1'}}", "resources.limits[storage]: Invalid value: \"storage\": must be a "
        + "standard resource for containers")]
    [InlineData("{'limits':{'example.com/gpu':'500m'},'requests':{'example.com/gpu':'500m'}}",
        "resources.limits[example.com/gpu]: Invalid value: \"500m\": must be an integer\n"
        + "resources.requests[example.com/gpu]: Invalid value: \"500m\": must be an integer")]
    [InlineData("{'requests':{'example.com/gpu':'1'}}",
        "resources.limits: Required value: Limit must be set for non overcommitable resources")]
    [InlineData("{'limits':{'example.com/gpu':'2'},'requests':{'example.com/gpu':'1'}}",
        "resources.requests: Invalid value: \"1\": must be equal to example.com/gpu limit of 2")]
    [InlineData("{'limits':{'hugepages-2Mi':'2Mi'}}", "resources: Forbidden: HugePages require cpu or memory")]
    [InlineData("{'limits':{'cpu':'1','hugepages-2Mi':'4Mi'}}", "")]
    [InlineData("{'limits':{'cpu':'1','hugepages-2Mi':'3Mi'}}",
        "resources.limits[hugepages-2Mi]: Invalid value: \"3Mi\": 3Mi is not positive integer multiple of "
        + "hugepages-2Mi")]
    [InlineData("{'limits':{'cpu':'1','hugepages-x':'2Mi'}}",
        "resources.limits[hugepages-x]: Invalid value: \"2Mi\": 2Mi is not positive integer multiple of hugepages-x")]
    public void Resources_are_checked(string resources, string expected) =>
        AssertErrors(expected, $"{{'resources':{resources}}}");

    [Theory]
    [InlineData("{}", "livenessProbe: Required value: must specify a handler type")]
    [InlineData("{'exec':{'command':['a']},'tcpSocket':{'port':1}}",
        "livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type")]
    [InlineData("{'exec':{}}", "livenessProbe.exec.command: Required value")]
    [InlineData("{'httpGet':{'path':'/','scheme':'HTTP','port':0}}",
        "livenessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive")]
    [InlineData("{'httpGet':{'scheme':'HTTP','port':'web'}}", "livenessProbe.httpGet.path: Required value")]
    [InlineData("{'httpGet':{'path':'/','scheme':'http','port':80}}",
        "livenessProbe.httpGet.scheme: Unsupported value: \"http\": supported values: \"HTTP\", \"HTTPS\"")]
    [InlineData("{'grpc':{'port':0}}",
        "livenessProbe.grpc.port: Invalid value: 0: must be between 1 and 65535, inclusive")]
    [InlineData("{'exec':{'command':['a']},'periodSeconds':-1}",
        "livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("{'exec':{'command':['a']},'successThreshold':2}",
        "livenessProbe.successThreshold: Invalid value: 2: must be 1")]
    public void Probes_are_checked(string probe, string expected)
    {
        var whole = probe.Contains("Threshold") ? probe : probe.Insert(1, "'successThreshold':1,").Replace(",}", "}");
        AssertErrors(expected, $"{{'livenessProbe':{whole}}}");
    }

    [Fact]
    public void A_readiness_probe_does_not_end_a_container() => AssertErrors(
        "readinessProbe.terminationGracePeriodSeconds: Invalid value: 5: must not be set for readinessProbes",
        "{'readinessProbe':{'exec':{'command':['a']},'successThreshold':2,'terminationGracePeriodSeconds':5}}");

    [Fact]
    public void Hooks_are_checked() => AssertErrors(
        "lifecycle.postStart: Required value: must specify a handler type\n"
        + "lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than "
        + "terminationGracePeriodSeconds (30)",
        "{'lifecycle':{'postStart':{},'preStop':{'sleep':{'seconds':31}}}}");

    [Theory]
    [InlineData("", "SIGINT",
        "lifecycle.stopSignal: Forbidden: may not be set for containers with empty `spec.os.name`")]
    [InlineData("linux", "SIGRTMIN+3", "")]
    [InlineData("windows", "SIGINT",
        "lifecycle.stopSignal: Unsupported value: \"SIGINT\": supported values: \"SIGKILL\", \"SIGTERM\"")]
    [InlineData("windows", "SIGTERM", "")]
    public void A_stop_signal_is_one_of_the_pods_system(string system, string signal, string expected)
    {
        var pod = (Pod)Manifests.PodWithContainer($"{{'lifecycle':{{'stopSignal':'{signal}'}}}}");
        var os = system.Length == 0 ? null : new PodOS { Name = system };
        AssertErrors(expected, pod with { Spec = pod.Spec with { Os = os } });
    }

    [Fact]
    public void The_signals_are_those_that_are_documented()
    {
        foreach (var type in (Type[])[typeof(Lifecycle), typeof(ContainerStatus)])
        {
            var documented = type.GetProperty("StopSignal")!.GetCustomAttribute<ValuesAttribute>()!.Values;
            Assert.Equal(documented.Order(StringComparer.Ordinal), ContainerSignals.Names);
        }
    }

    private static void AssertErrors(string expected, string container) =>
        AssertErrors(expected, Manifests.PodWithContainer(container));

    private static void AssertErrors(string expected, KubeObject pod)
    {
        var below = expected.Length == 0 ? "" : "spec.containers[0]." + expected.Replace("\n", "\nspec.containers[0].");
        Manifests.AssertErrors(below, Validator.Validate(pod));
    }
}
