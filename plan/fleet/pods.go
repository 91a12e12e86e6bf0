package fleet

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
)

// podList is what is read of a list of pods, or of one pod.
type podList struct {
	Kind  string
	Items []pod
	pod
}

type pod struct {
	Metadata struct {
		Name                string
		CreationTimestamp   string
		Labels, Annotations map[string]string
	}
	Status struct {
		Containers []container `json:"containerStatuses"`
	}
}

type container struct {
	State     containerState
	LastState containerState
}

type containerState struct {
	Terminated *struct {
		Message    string
		FinishedAt string
	}
}

// job is the name of the pod's job, or "".
func (p *pod) job() string {
	return cmp.Or(p.Metadata.Labels["batch.kubernetes.io/job-name"], p.Metadata.Labels["job-name"])
}

// index is which part of an Indexed Job the pod is for, or "".
func (p *pod) index() string {
	return p.Metadata.Annotations["batch.kubernetes.io/job-completion-index"]
}

// parsePods reads a list of pods; false if it is something else.
func parsePods(b []byte) (*podList, bool) {
	var p podList
	if !bytes.HasPrefix(bytes.TrimSpace(b), []byte("{")) || json.Unmarshal(b, &p) != nil {
		return nil, false
	}
	switch p.Kind {
	case "Pod":
		p.Items = []pod{p.pod}
		return &p, true
	case "List", "PodList":
		return &p, true
	}
	return nil, false
}

// read returns the results in the termination messages of all containers. Those of a pod or container that was
// started again are superseded: a process that was killed in its last attempt has no results but those of that attempt.
func (p *podList) read(name string) (lines []Line, broken []Broken) {
	jobs, last := map[string]bool{}, map[string]*pod{}
	for i := range p.Items {
		pod := &p.Items[i]
		if job := pod.job(); job != "" {
			jobs[job] = true
		}
		key := pod.job() + "\x00" + pod.index()
		if old := last[key]; old == nil || pod.Metadata.CreationTimestamp >= old.Metadata.CreationTimestamp {
			last[key] = pod
		}
	}
	if len(jobs) > 1 {
		broken = append(broken, Broken{Input: name, Why: fmt.Sprintf("it has the pods of %d jobs, and those of an earlier one may hide what failed in a later one. "+
			"Save the pods of each job in a file (kubectl get pods -l batch.kubernetes.io/job-name=NAME), and name the files of the jobs that belong together", len(jobs))})
	}
	for i := range p.Items {
		pod := &p.Items[i]
		again := pod.index() != "" && last[pod.job()+"\x00"+pod.index()] != pod
		for _, c := range pod.Status.Containers {
			for _, s := range []struct {
				containerState
				superseded bool
			}{{c.LastState, true}, {c.State, again}} {
				l, b := s.read(name, pod.Metadata.Name)
				for j := range l {
					l[j].superseded = s.superseded
				}
				lines, broken = append(lines, l...), append(broken, b...)
			}
		}
	}
	return lines, broken
}

// read returns the results in the termination message.
func (s *containerState) read(input, pod string) (lines []Line, broken []Broken) {
	if s.Terminated == nil {
		return nil, nil
	}
	for line := range strings.Lines(s.Terminated.Message) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		l, err := Decode([]byte(line))
		if err != nil {
			broken = append(broken, Broken{Input: input, Pod: pod, Why: err.Error()})
			continue
		}
		if l.Started == "" && validStart.MatchString(s.Terminated.FinishedAt) {
			l.Started = s.Terminated.FinishedAt
		}
		lines = append(lines, l)
	}
	return lines, broken
}
